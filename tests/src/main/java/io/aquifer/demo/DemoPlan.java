package io.aquifer.demo;

import java.time.Duration;

/**
 * What the demonstration does.
 *
 * @param recordsPerSecond the rate at which latency is measured
 * @param warmUp how long to produce at that rate before measuring, while the JVMs compile what they run
 * @param steady how long to produce at that rate
 * @param flatOut how long to produce as fast as possible before the kill
 * @param walBytes size of each broker's WAL
 */
record DemoPlan(int recordsPerSecond, Duration warmUp, Duration steady, Duration flatOut, long walBytes) {

    static final int BROKERS = 3;
    /** While brokers come and go: little enough for what a producer holds back meanwhile. */
    static final int RECORDS_PER_SECOND_MEANWHILE = 1_000;

    static final String TOPIC = "demo";
    static final int PARTITIONS = 12;
    static final int VALUE_BYTES = 1024;
    static final int SEGMENT_BYTES = 8 << 20;
}
