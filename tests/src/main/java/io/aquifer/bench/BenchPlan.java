package io.aquifer.bench;

import java.time.Duration;

/**
 * How long to measure.
 *
 * @param rounds how often each pair is run, the sides in turn and the one that begins alternating
 * @param measured how long each side is measured in a round
 */
record BenchPlan(int rounds, Duration measured) {

    BenchPlan {
        if (rounds < 1 || measured.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("At least one round of one second");
        }
    }

    /** How long each side runs before it is measured in a round. */
    Duration warmUp() {
        return measured.dividedBy(3);
    }
}
