package io.aquifer.coverage;

import io.aquifer.format.LogIncarnation;
import io.aquifer.format.SegmentName;
import java.util.Comparator;
import java.util.UUID;

/**
 * A partition of one life of a topic.
 *
 * @param partition number of the partition, 0 or more
 */
public record PartitionId(UUID topicId, int partition) implements Comparable<PartitionId> {

    private static final Comparator<PartitionId> ORDER =
            Comparator.comparing(PartitionId::topicId).thenComparing(PartitionId::partition);

    static PartitionId of(LogIncarnation log) {
        return new PartitionId(log.topicId(), log.partition());
    }

    static PartitionId of(SegmentName segment) {
        return new PartitionId(segment.topicId(), segment.partition());
    }

    @Override
    public int compareTo(PartitionId other) {
        return ORDER.compare(this, other);
    }
}
