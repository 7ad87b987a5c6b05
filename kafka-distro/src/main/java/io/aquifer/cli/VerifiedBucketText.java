package io.aquifer.cli;

import io.aquifer.cli.VerifiedBucket.Partition;
import io.aquifer.cli.VerifiedBucket.Problem;
import io.aquifer.cli.VerifiedBucket.Range;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@link VerifiedBucket} in words. */
final class VerifiedBucketText {

    private static final String NONE = "-";
    private static final int MOST_RANGES = 4;

    private VerifiedBucketText() {}

    static String of(VerifiedBucket found) {
        StringBuilder text = new StringBuilder("Result: ")
                .append(found.whole() ? "all that is promised is there" : "NOT WHOLE, " + found.inShort())
                .append("\nWAL objects: ")
                .append(found.walObjects())
                .append(", of which ")
                .append(found.condemnedWalObjects())
                .append(" wait to be deleted\n");
        text.append("\nPartitions: ")
                .append(found.partitions().size())
                .append('\n')
                .append(partitions(found.partitions()));
        if (!found.problems().isEmpty()) {
            text.append("\nProblems: ").append(found.problems().size()).append('\n');
            for (Problem problem : found.problems()) {
                text.append("  '")
                        .append(problem.key())
                        .append("': ")
                        .append(problem.problem())
                        .append('\n');
            }
        }
        if (!found.foreign().isEmpty()) {
            text.append("\nObjects of others: ").append(found.foreign().size()).append('\n');
            found.foreign().forEach(key -> text.append("  '").append(key).append("'\n"));
        }
        return text.toString().stripTrailing();
    }

    private static Columns partitions(List<Partition> partitions) {
        Columns columns = new Columns();
        if (!partitions.isEmpty()) {
            columns.add("TOPIC ID", "PARTITION", "START", "END", "PLAIN", "COMPOSITE", "WAL", "LOCAL", "GAPS");
        }
        for (Partition partition : partitions) {
            columns.add(
                    partition.topicId(),
                    partition.partition(),
                    orNone(partition.start()),
                    orNone(partition.end()),
                    inWords(partition.plain()),
                    inWords(partition.composite()),
                    inWords(partition.wal()),
                    inWords(partition.local()),
                    inWords(partition.gaps()));
        }
        return columns;
    }

    private static Object orNone(@Nullable Long offset) {
        return offset == null ? NONE : offset;
    }

    /** The first and last offset of each range; of many ranges the first few, and how many more there are. */
    private static String inWords(List<Range> ranges) {
        if (ranges.isEmpty()) {
            return NONE;
        }
        String some = ranges.stream()
                .limit(MOST_RANGES)
                .map(range -> range.from() + ".." + (range.to() - 1))
                .collect(Collectors.joining(","));
        return ranges.size() > MOST_RANGES ? some + " and " + (ranges.size() - MOST_RANGES) + " more" : some;
    }
}
