package io.aquifer.bench;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long to measure.
 *
 * @param rounds how often each pair is run, the sides in turn and the one that begins alternating
 * @param measured how long each side is measured in a round
 * @param warmUp how long each side of a pair of brokers is loaded before its first round, so that what is measured isn't the
 *     compiler of the JVMs
 * @param readMebibytes how much is read from S3 in one measurement: in segments of less than 2 GiB, all of the same size
 * @param walFolder where the WAL's file lies, or null for beside the logs
 */
record BenchPlan(
        int rounds,
        Duration measured,
        Duration warmUp,
        int readMebibytes,
        @Nullable Path walFolder) {

    BenchPlan {
        if (rounds < 1 || measured.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("At least one round of one second");
        }
        int segment = readMebibytes / S3Bench.SEGMENTS;
        if (segment < 1 || segment >= 2048 || readMebibytes % S3Bench.SEGMENTS != 0) {
            throw new IllegalArgumentException(readMebibytes + " MiB to read from S3 don't make " + S3Bench.SEGMENTS
                    + " segments of whole MiB, each below 2 GiB");
        }
    }

    /** How long each side of a pair of brokers is loaded in a round before it is measured. */
    Duration leadIn() {
        return measured.dividedBy(3);
    }
}
