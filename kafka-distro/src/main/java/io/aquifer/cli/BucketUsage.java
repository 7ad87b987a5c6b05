package io.aquifer.cli;

import io.aquifer.coverage.StoredKind;
import io.aquifer.format.ClusterKeys;
import io.aquifer.format.SegmentName;
import io.aquifer.format.SnapshotName;
import io.aquifer.object.StoredObject;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * How much of a bucket a cluster uses.
 *
 * @param kinds by kind of object, without those of which there is none
 * @param topics segments, composite segments and snapshots by topic id. WAL objects hold records of many topics
 */
record BucketUsage(String bucket, Used total, Map<StoredKind, Used> kinds, Map<String, Used> topics) {

    /** @param bytes how long all of them are together */
    record Used(long objects, long bytes) {

        private Used plus(long length) {
            return new Used(objects + 1, bytes + length);
        }
    }

    /** What was seen so far. Not thread-safe. */
    static final class Sum {
        private final ClusterKeys keys;
        private final Map<StoredKind, Used> kinds = new EnumMap<>(StoredKind.class);
        private final Map<String, Used> topics = new TreeMap<>();
        private Used total = new Used(0, 0);

        Sum(ClusterKeys keys) {
            this.keys = keys;
        }

        void add(StoredObject object) {
            total = total.plus(object.length());
            add(kinds, StoredKind.of(keys, object.key()), object.length());
            topic(object.key()).ifPresent(id -> add(topics, TopicId.inKafkasForm(id), object.length()));
        }

        private static <K> void add(Map<K, Used> sums, K which, long length) {
            sums.put(which, sums.getOrDefault(which, new Used(0, 0)).plus(length));
        }

        private Optional<UUID> topic(String key) {
            return keys.segmentOf(key)
                    .or(() -> keys.compositeOf(key))
                    .map(SegmentName::topicId)
                    .or(() -> keys.snapshotOf(key).map(SnapshotName::topicId));
        }

        BucketUsage usage(String bucket) {
            return new BucketUsage(bucket, total, kinds, topics);
        }
    }

    String inWords() {
        Columns byKind = new Columns().add("KIND", "OBJECTS", "SIZE");
        kinds.forEach((kind, used) -> add(byKind, kind, used));
        add(byKind, "total", total);
        Columns byTopic = new Columns().add("TOPIC ID", "OBJECTS", "SIZE");
        topics.forEach((topic, used) -> add(byTopic, topic, used));
        return (byKind + (topics.isEmpty() ? "" : "\n" + byTopic)).stripTrailing();
    }

    private static void add(Columns columns, Object what, Used used) {
        columns.add(what, used.objects(), ByteSize.inWords(used.bytes()));
    }
}
