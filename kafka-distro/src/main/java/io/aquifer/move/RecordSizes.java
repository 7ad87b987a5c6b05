package io.aquifer.move;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Bytes of records by offset, on the average: what a partition has on its leader's local disk by the offsets of that. Where it has
 * nothing there, what its topic has, or else the cluster.
 */
final class RecordSizes {

    /** Bytes of so many offsets. */
    private static final class Sum {
        private long bytes;
        private long offsets;

        private void add(long moreBytes, long moreOffsets) {
            bytes += moreBytes;
            offsets += moreOffsets;
        }

        private double mean() {
            return offsets == 0 ? 0 : (double) bytes / offsets;
        }
    }

    private final Map<TopicPartition, Sum> partitions = new HashMap<>();
    private final Map<String, Sum> topics = new HashMap<>();
    private final Sum all = new Sum();

    /** Takes in what a partition has locally; nothing where there is none. */
    void add(TopicPartition partition, long bytes, long offsets) {
        if (bytes > 0 && offsets > 0) {
            partitions.computeIfAbsent(partition, id -> new Sum()).add(bytes, offsets);
            topics.computeIfAbsent(partition.topic(), topic -> new Sum()).add(bytes, offsets);
            all.add(bytes, offsets);
        }
    }

    /** Bytes by offset of a partition. */
    double of(TopicPartition partition) {
        Sum known = partitions.get(partition);
        if (known == null) {
            known = topics.getOrDefault(partition.topic(), all);
        }
        return known.mean();
    }
}
