package io.aquifer.coverage;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.coverage.SimulatedCluster.Partition;
import io.aquifer.coverage.SimulatedCluster.Segment;
import io.aquifer.format.ClusterKeys;
import io.aquifer.format.LogIncarnation;
import io.aquifer.format.WalEntryKind;
import io.aquifer.format.WalObjectIndex;
import io.aquifer.format.WalObjectName;
import io.aquifer.object.SimulatedObjectStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** What must hold of a simulated cluster's bucket. */
final class ClusterChecks {

    private static final ClusterKeys KEYS = SimulatedCluster.KEYS;

    private final SimulatedObjectStore store;
    private final SimulatedCluster cluster;
    private final NaiveReader reader;

    ClusterChecks(SimulatedObjectStore store, SimulatedCluster cluster) {
        this.store = store;
        this.cluster = cluster;
        this.reader = new NaiveReader(store, KEYS);
    }

    /** Every offset that is promised is readable, with the record that it has, and nothing that is over has come back. */
    void requireAllReadable() {
        Map<LogIncarnation, NaiveReader.Log> logs = reader.read(reader.counting(SimulatedCluster.NODES));
        Set<String> keys = store.bucket().keys();
        for (Partition partition : cluster.partitions) {
            if (partition.deleted) {
                continue;
            }
            NaiveReader.Log log = logs.get(partition.log);
            require(log != null && !log.deleted && log.start == partition.start, "%s lost its state", partition.log);
            NavigableMap<Long, Integer> readable = new TreeMap<>(log.records);
            for (Segment segment : partition.segments.values()) {
                // a leader that slept may promise what lies below the start, and is gone: nobody reads it
                if (segment.promised && !segment.deleting && segment.name.endOffset() >= partition.start) {
                    boolean plain = keys.contains(KEYS.segment(segment.name));
                    boolean composite = keys.contains(KEYS.composite(segment.name));
                    require(plain || composite, "%s is promised and gone", segment.name);
                    require(
                            plain
                                    || segment.objects.stream()
                                            .map(KEYS::walObject)
                                            .allMatch(keys::contains),
                            "%s lacks one of %s",
                            segment.name,
                            segment.objects);
                    readable.putAll(segment.records);
                }
            }
            require(
                    readable.entrySet().containsAll(partition.records.entrySet()),
                    "%s promises %s, and %s can be read",
                    partition.log,
                    partition.records,
                    readable);
            require(
                    log.end <= partition.end
                            && log.records.tailMap(partition.end, true).isEmpty(),
                    "%s ends at %s, and %s came back",
                    partition.log,
                    partition.end,
                    log.records);
        }
        Set<UUID> live = cluster.liveTopics();
        for (LogIncarnation over : cluster.over) {
            require(
                    !live.contains(over.topicId()) || !logs.containsKey(over) || logs.get(over).deleted,
                    "%s came back",
                    over);
        }
    }

    /** Nothing is left that nobody needs. */
    void requireNothingLeft() {
        List<WalObjectName> counting = reader.counting(SimulatedCluster.NODES);
        Set<String> keys = store.bucket().keys();
        Set<WalObjectName> named = new HashSet<>();
        Set<UUID> live = cluster.liveTopics();
        for (Partition partition : cluster.partitions) {
            requireNoSegmentLeft(partition, keys, named, live);
        }
        requireNoWalObjectLeft(counting, keys, named);
        require(store.listUnfinishedUploads("", null).join().uploads().isEmpty(), "an upload is left");
        long records = keys.stream()
                .filter(key -> key.startsWith(KEYS.collectionRecords()))
                .count();
        require(records <= 2, "%s records are left", records);
    }

    private static void requireNoSegmentLeft(
            Partition partition, Set<String> keys, Set<WalObjectName> named, Set<UUID> live) {
        if (!live.contains(partition.topicId)) {
            String place = KEYS.segmentsOf(partition.topicId, 0);
            require(keys.stream().noneMatch(key -> key.startsWith(place)), "%s is deleted, and %s left", place, keys);
            return;
        }
        for (Segment segment : partition.segments.values()) {
            boolean plain = keys.contains(KEYS.segment(segment.name));
            boolean composite = keys.contains(KEYS.composite(segment.name));
            require(!segment.deleting || (!plain && !composite), "%s is being deleted, and left", segment.name);
            require(!segment.promised || !(plain && composite), "%s was rewritten, and left", segment.name);
            if (composite) {
                named.addAll(segment.objects);
            }
        }
    }

    private void requireNoWalObjectLeft(List<WalObjectName> counting, Set<String> keys, Set<WalObjectName> named) {
        Set<WalObjectName> last = new HashSet<>();
        Set<String> seals = new HashSet<>();
        for (int node = 0; node < SimulatedCluster.NODES; node++) {
            new io.aquifer.format.WalChain(store, KEYS).runs(node).join().forEach(run -> {
                if (run.seal().isEmpty()) {
                    last.add(run.object(run.end() - 1));
                } else {
                    seals.add(KEYS.walObject(run.next()));
                }
            });
        }
        for (String key : keys) {
            if (key.startsWith(KEYS.walObjects()) && !seals.contains(key)) {
                WalObjectName name = KEYS.walObjectOf(key).orElseThrow();
                require(counting.contains(name), "%s doesn't count, and is left", name);
                require(
                        last.contains(name) || named.contains(name) || isNeeded(name, counting),
                        "%s is left for %s, and nobody needs it: %s",
                        name,
                        whyKept(name),
                        reader.index(name).logs());
            }
        }
    }

    private Object whyKept(WalObjectName name) {
        try {
            BucketView view = new BucketReader(store, KEYS, Long.MAX_VALUE).look();
            return WalNeeds.of(view).needs().get(name);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Whether the logs would be read otherwise without the object. */
    private boolean isNeeded(WalObjectName name, List<WalObjectName> counting) {
        List<WalObjectName> others = new ArrayList<>(counting);
        others.remove(name);
        Map<LogIncarnation, NaiveReader.Log> with = reader.read(counting);
        Map<LogIncarnation, NaiveReader.Log> without = reader.read(others);
        Map<UUID, Partition> byTopic = new HashMap<>();
        cluster.partitions.forEach(partition -> byTopic.put(partition.topicId, partition));
        for (LogIncarnation log : reader.index(name).logs().keySet()) {
            Partition partition = byTopic.get(log.topicId());
            if (partition == null || partition.deleted) {
                continue;
            }
            NaiveReader.Log left = without.getOrDefault(log, new NaiveReader.Log());
            NaiveReader.Log all = with.get(log);
            if (all.deleted ? !left.deleted && without.containsKey(log) : !same(all, left, partition)) {
                return true;
            }
            if (takesBack(name, log, counting)) {
                return true;
            }
            if (!all.deleted && isStatement(name, log, counting, partition)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the object takes back what one before it has, though another one that is left may do the same. */
    private boolean takesBack(WalObjectName name, LogIncarnation log, List<WalObjectName> counting) {
        long end = -1;
        for (WalObjectName each : counting) {
            for (var entry : reader.index(each).logs().getOrDefault(log, List.of())) {
                boolean data = entry.kind() == WalEntryKind.DATA;
                if (each.equals(name) && (data || entry.kind() == WalEntryKind.TRUNCATE) && entry.baseOffset() < end) {
                    return true;
                }
                if (each.equals(name) && entry.kind() == WalEntryKind.RESTART && end > 0) {
                    return true;
                }
                boolean reaches = data || entry.kind() == WalEntryKind.CHECKPOINT;
                end = reaches && !each.equals(name) ? Math.max(end, entry.lastOffset() + 1) : end;
            }
            if (each.equals(name)) {
                return false;
            }
        }
        return false;
    }

    private static boolean same(NaiveReader.Log one, NaiveReader.Log other, Partition partition) {
        return one.start == other.start
                && beyondSegments(one, partition).equals(beyondSegments(other, partition))
                && !other.deleted;
    }

    private static Map<Long, Integer> beyondSegments(NaiveReader.Log log, Partition partition) {
        Map<Long, Integer> beyond = new TreeMap<>(log.records.tailMap(Math.max(0, log.start), true));
        for (Segment segment : partition.segments.values()) {
            if (segment.promised && !segment.deleting && !segment.composite) {
                segment.records.forEach((offset, epoch) -> {
                    if (beyond.getOrDefault(offset, Integer.MAX_VALUE) <= epoch) {
                        beyond.remove(offset);
                    }
                });
            }
        }
        return beyond;
    }

    /** Whether the object has the last checkpoint of a log, its last word on where it starts, or the first one that counts. */
    private boolean isStatement(
            WalObjectName name, LogIncarnation log, List<WalObjectName> counting, Partition partition) {
        WalObjectName first = null;
        WalObjectName last = null;
        WalObjectName restart = null;
        WalObjectName start = null;
        for (WalObjectName each : counting) {
            WalObjectIndex index = reader.index(each);
            for (var entry : index.logs().getOrDefault(log, List.of())) {
                if (entry.kind() == WalEntryKind.CHECKPOINT) {
                    first = first == null ? each : first;
                    last = each;
                    restart = null;
                    start = null;
                } else if (entry.kind() == WalEntryKind.RESTART) {
                    restart = each;
                    start = null;
                } else if (entry.kind() == WalEntryKind.LOG_START) {
                    start = each;
                }
            }
        }
        return name.equals(last)
                || name.equals(restart)
                || name.equals(start)
                || (name.equals(first) && !partition.deleted);
    }

    private static void require(boolean holds, String otherwise, Object... facts) {
        assertThat(holds).withFailMessage(otherwise, facts).isTrue();
    }
}
