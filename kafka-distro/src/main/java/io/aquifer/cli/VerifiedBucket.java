package io.aquifer.cli;

import io.aquifer.coverage.BucketReport;
import io.aquifer.coverage.PartitionCoverage;
import io.aquifer.format.LongRanges;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code aquifer storage verify} answers.
 *
 * @param whole whether all that is promised is there and can be read
 * @param walObjects number of WAL objects and seals
 * @param condemnedWalObjects how many of them wait to be deleted
 * @param partitions by topic id and partition
 * @param problems objects that are missing or can't be read
 * @param foreign keys of objects that no broker made
 */
record VerifiedBucket(
        String bucket,
        boolean whole,
        int walObjects,
        int condemnedWalObjects,
        List<Partition> partitions,
        List<Problem> problems,
        List<String> foreign) {

    /**
     * Offsets that follow each other.
     *
     * @param to behind the last
     */
    record Range(long from, long to) {}

    /**
     * A partition, with the offsets that are in each kind of object.
     *
     * @param shared whether its records go through a WAL
     * @param start null where nothing says it
     * @param end behind the last offset, null where nothing says it
     * @param local offsets from before the topic was shared, on the local disk only
     */
    record Partition(
            String topicId,
            int partition,
            boolean shared,
            @Nullable Long start,
            @Nullable Long end,
            List<Range> plain,
            List<Range> composite,
            List<Range> wal,
            List<Range> local,
            List<Range> gaps) {

        private static Partition of(PartitionCoverage found) {
            return new Partition(
                    TopicId.inKafkasForm(found.partition().topicId()),
                    found.partition().partition(),
                    found.shared(),
                    found.start() < 0 ? null : found.start(),
                    found.end() < 0 ? null : found.end(),
                    ranges(found.plain()),
                    ranges(found.composite()),
                    ranges(found.wal()),
                    ranges(found.local()),
                    ranges(found.gaps()));
        }

        private static List<Range> ranges(LongRanges offsets) {
            return offsets.list().stream()
                    .map(range -> new Range(range.from(), range.to()))
                    .toList();
        }
    }

    /** An object that isn't as it should be. */
    record Problem(String key, String problem) {}

    static VerifiedBucket of(String bucket, BucketReport report) {
        return new VerifiedBucket(
                bucket,
                report.isWhole(),
                report.walObjects(),
                report.condemned(),
                report.partitions().stream().map(Partition::of).toList(),
                report.problems().stream()
                        .map(problem -> new Problem(problem.key(), problem.what()))
                        .toList(),
                report.foreign());
    }

    /** What is wrong, in half a line. */
    String inShort() {
        long incomplete = partitions.stream()
                .filter(partition -> !partition.gaps().isEmpty())
                .count();
        return incomplete + " partitions have gaps, " + problems.size() + " objects have problems"
                + (problems.isEmpty()
                        ? ""
                        : ", the first of them '" + problems.get(0).key() + "'");
    }
}
