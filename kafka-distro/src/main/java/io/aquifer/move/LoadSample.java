package io.aquifer.move;

import java.util.Collection;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * How far records were produced and consumed at a moment.
 *
 * @param ends the high watermarks
 * @param endsAt when those were asked for, in nanoseconds since whenever
 * @param committed by group
 * @param committedAt as above
 */
record LoadSample(
        Map<TopicPartition, Long> ends,
        long endsAt,
        Map<String, Map<TopicPartition, Long>> committed,
        long committedAt) {

    static LoadSample take(LoadSource source, Collection<TopicPartition> partitions, Stopwatch stopwatch)
            throws ClusterRequestException {
        long endsAt = stopwatch.nanos();
        Map<TopicPartition, Long> ends = source.endOffsets(partitions);
        long committedAt = stopwatch.nanos();
        return new LoadSample(ends, endsAt, source.committedOffsets(), committedAt);
    }

    /** Records a second that were produced to a partition since an earlier sample; 0 where that isn't known. */
    double producedSince(LoadSample earlier, TopicPartition partition) {
        return perSecond(earlier.ends.get(partition), ends.get(partition), endsAt - earlier.endsAt);
    }

    /** Records a second that consumer groups have got past since an earlier sample, each group counted. */
    double consumedSince(LoadSample earlier, TopicPartition partition) {
        return committed.entrySet().stream()
                .mapToDouble(group -> perSecond(
                        earlier.committed.getOrDefault(group.getKey(), Map.of()).get(partition),
                        group.getValue().get(partition),
                        committedAt - earlier.committedAt))
                .sum();
    }

    /** A group that was reset to an earlier offset consumed less than nothing, which is nobody's relief. */
    private static double perSecond(@Nullable Long before, @Nullable Long after, long nanos) {
        if (before == null || after == null || nanos <= 0) {
            return 0;
        }
        return Math.max(0, after - before) * 1e9 / nanos;
    }
}
