package io.aquifer.coverage;

import java.time.Duration;

/**
 * How patient a collector is, and how much it may keep in mind.
 *
 * @param minAge how long a segment object, a topic or an unfinished upload looks like garbage before it is taken for it
 * @param standIn how long another collector may do nothing before this one takes its place
 * @param memory how many bytes of the heap a look at the bucket may take up, about
 */
public record CollectorSettings(Duration minAge, Duration standIn, long memory) {}
