package io.aquifer.coverage;

import java.time.Duration;

/**
 * How patient a collector is.
 *
 * @param minAge how long a segment object, a topic or an unfinished upload looks like garbage before it is taken for it
 * @param standIn how long another collector may do nothing before this one takes its place
 */
public record CollectorSettings(Duration minAge, Duration standIn) {}
