package io.aquifer.demo;

import java.time.Duration;

/**
 * What the demonstration does.
 *
 * @param recordsPerSecond the rate at which latency is measured
 * @param warmUp how long to produce at that rate before measuring, while the JVMs compile what they run
 * @param steady how long to produce at that rate
 * @param flatOut how long to produce as fast as possible before the kill, and again after the restart
 * @param walBytes size of the WAL
 */
record DemoPlan(int recordsPerSecond, Duration warmUp, Duration steady, Duration flatOut, long walBytes) {

    static final String TOPIC = "demo";
    static final int PARTITIONS = 12;
    static final int VALUE_BYTES = 1024;
    static final int SEGMENT_BYTES = 8 << 20;
}
