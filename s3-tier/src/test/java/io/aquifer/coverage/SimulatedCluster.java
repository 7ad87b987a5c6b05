package io.aquifer.coverage;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.CollectionRecord;
import io.aquifer.format.CollectionRecords;
import io.aquifer.format.CompositePiece;
import io.aquifer.format.Composites;
import io.aquifer.format.LogIncarnation;
import io.aquifer.format.PartitionSnapshot;
import io.aquifer.format.SegmentInfo;
import io.aquifer.format.SegmentName;
import io.aquifer.format.SegmentPart;
import io.aquifer.format.SnapshotSegment;
import io.aquifer.format.WalChain;
import io.aquifer.format.WalEntryKind;
import io.aquifer.format.WalObjectIndex;
import io.aquifer.format.WalObjectName;
import io.aquifer.format.WalObjects;
import io.aquifer.format.WalSeal;
import io.aquifer.object.SimulatedObjectStore;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Brokers as the bucket sees them: they upload WAL objects, seal, copy and delete segments, and know what they have promised.
 * What they do is whole at each step; the collector is what may be interrupted anywhere.
 */
final class SimulatedCluster {

    static final int NODES = 2;
    static final ClusterKeys KEYS = ClusterKeys.of("", "cluster");

    /** A segment that was copied. */
    static final class Segment {
        final SegmentName name;
        final SegmentInfo info;
        final NavigableMap<Long, Integer> records;
        boolean promised;
        boolean deleting;
        boolean composite;
        Set<WalObjectName> objects = Set.of();

        Segment(SegmentInfo info, NavigableMap<Long, Integer> records) {
            this.name = info.name();
            this.info = info;
            this.records = records;
        }
    }

    /** A partition as it is promised. */
    static final class Partition {
        final UUID topicId;
        int node;
        LogIncarnation log;
        int epoch;
        long start;
        long end;
        long tiered;
        long snapshot;
        final NavigableMap<Long, Integer> records = new TreeMap<>();
        final Map<UUID, Segment> segments = new LinkedHashMap<>();
        boolean deleted;

        Partition(UUID topicId, int node, LogIncarnation log) {
            this.topicId = topicId;
            this.node = node;
            this.log = log;
        }
    }

    private static final class Node {
        long epoch = 1;
        long sequence;
    }

    final List<Partition> partitions = new ArrayList<>();
    final Set<LogIncarnation> over = new LinkedHashSet<>();
    private final SimulatedObjectStore store;
    private final RandomGenerator random;
    private final WalObjects walObjects;
    private final WalChain chain;
    private final Composites composites;
    private final CollectionRecords records;
    private final List<Node> nodes = List.of(new Node(), new Node());
    private final Map<String, byte[]> everCreated = new HashMap<>();
    /** A composite segment that is about to be made of what its maker saw earlier. */
    private Optional<Segment> planned = Optional.empty();

    private List<CompositePiece> pieces = List.of();
    private Optional<Partition> plannedFor = Optional.empty();
    private long ids;

    SimulatedCluster(SimulatedObjectStore store, RandomGenerator random) {
        this.store = store;
        this.random = random;
        this.walObjects = new WalObjects(store, KEYS);
        this.chain = new WalChain(store, KEYS);
        this.composites = new Composites(store, KEYS);
        this.records = new CollectionRecords(store, KEYS);
        newPartition();
        newPartition();
    }

    Set<UUID> liveTopics() {
        Set<UUID> live = new HashSet<>();
        partitions.stream().filter(partition -> !partition.deleted).forEach(partition -> live.add(partition.topicId));
        return live;
    }

    private UUID id() {
        return new UUID(1, ++ids);
    }

    private void newPartition() {
        UUID topic = id();
        LogIncarnation log = new LogIncarnation(topic, 0, ++ids);
        Partition partition = new Partition(topic, random.nextInt(NODES), log);
        WalWriter writer = new WalWriter();
        writer.checkpoint(log, 0, 0);
        upload(partition.node, writer);
        partitions.add(partition);
    }

    private void upload(int node, WalWriter writer) {
        Node owner = nodes.get(node);
        WalObjectName name = new WalObjectName(node, owner.epoch, owner.sequence++);
        writer.create(walObjects, name);
        everCreated.put(KEYS.walObject(name), store.bucket().bytes(KEYS.walObject(name)));
    }

    /** Does one thing at random. */
    void step() {
        Partition partition = partitions.get(random.nextInt(partitions.size()));
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4 -> appendToSome();
            case 5 -> onLive(partition, this::truncate);
            case 6 -> onLive(partition, this::moveStart);
            case 7, 8, 9 -> onLive(partition, this::copy);
            case 10 -> promise(partition);
            case 11 -> onLive(partition, this::expire);
            case 12 -> planComposite(partition);
            case 13 -> createPlanned();
            case 14 -> rewrite(partition);
            case 15 -> checkpoint(random.nextInt(NODES));
            case 16 -> seal(random.nextInt(NODES));
            case 17 -> sometimes(4, this::sleeperWakes);
            case 18 -> sometimes(3, () -> onLive(partition, this::deleteTopic));
            default -> onLive(partition, this::rare);
        }
    }

    private interface Action {
        void on(Partition partition);
    }

    private static void onLive(Partition partition, Action action) {
        if (!partition.deleted) {
            action.on(partition);
        }
    }

    private void sometimes(int oneIn, Runnable action) {
        if (random.nextInt(oneIn) == 0) {
            action.run();
        }
    }

    private void rare(Partition partition) {
        switch (random.nextInt(4)) {
            case 0 -> restart(partition);
            case 1 -> move(partition);
            case 2 -> newPartition();
            default -> store.bucket().beginUpload(KEYS.segments() + "upload" + ids++, Instant.EPOCH);
        }
    }

    private void appendToSome() {
        int node = random.nextInt(NODES);
        WalWriter writer = new WalWriter();
        for (Partition partition : partitions) {
            if (partition.node == node && !partition.deleted && random.nextInt(3) > 0) {
                append(partition, writer, 1 + random.nextInt(5));
            }
        }
        if (!writer.isEmpty()) {
            upload(node, writer);
        }
    }

    private static void append(Partition partition, WalWriter writer, int count) {
        writer.data(partition.log, partition.epoch, partition.end, partition.end + count);
        for (int i = 0; i < count; i++) {
            partition.records.put(partition.end++, partition.epoch);
        }
    }

    private void truncate(Partition partition) {
        long least = Math.max(partition.tiered, partition.start);
        long to = least + random.nextLong(partition.end - least + 1);
        boolean explicit = random.nextBoolean();
        WalWriter writer = new WalWriter();
        partition.epoch++;
        partition.records.tailMap(to, true).clear();
        partition.end = to;
        if (explicit) {
            writer.control(partition.log, WalEntryKind.TRUNCATE, to);
        } else {
            append(partition, writer, 1 + random.nextInt(3));
        }
        upload(partition.node, writer);
    }

    private void moveStart(Partition partition) {
        if (partition.end > partition.start) {
            setStart(partition, partition.start + random.nextLong(partition.end - partition.start + 1));
        }
    }

    private void setStart(Partition partition, long to) {
        WalWriter writer = new WalWriter();
        writer.control(partition.log, WalEntryKind.LOG_START, to);
        upload(partition.node, writer);
        partition.start = to;
        partition.tiered = Math.max(partition.tiered, to);
        partition.records.headMap(to, false).clear();
    }

    private void restart(Partition partition) {
        long to = partition.end + random.nextInt(3);
        WalWriter writer = new WalWriter();
        writer.control(partition.log, WalEntryKind.RESTART, to);
        upload(partition.node, writer);
        partition.start = to;
        partition.end = to;
        partition.tiered = to;
        partition.records.clear();
    }

    /** Another broker has the partition from now on: it holds all that isn't in segments before the first one lets go. */
    private void move(Partition partition) {
        int from = partition.node;
        LogIncarnation old = partition.log;
        partition.node = random.nextInt(NODES);
        partition.log = new LogIncarnation(partition.topicId, 0, ++ids);
        partition.epoch++;
        WalWriter writer = new WalWriter();
        long seen = Math.max(partition.start, Math.min(partition.tiered, promisedEnd(partition)));
        writer.checkpoint(partition.log, partition.start, seen);
        for (Map.Entry<Long, Integer> record :
                partition.records.tailMap(seen, true).entrySet()) {
            writer.data(partition.log, record.getValue(), record.getKey(), record.getKey() + 1);
        }
        if (seen == partition.end) {
            writer.control(partition.log, WalEntryKind.TRUNCATE, seen);
        }
        upload(partition.node, writer);
        WalWriter last = new WalWriter();
        last.control(old, WalEntryKind.DELETE, 0);
        upload(from, last);
        over.add(old);
    }

    private static long promisedEnd(Partition partition) {
        long end = partition.start;
        boolean more = true;
        while (more) {
            more = false;
            for (Segment segment : partition.segments.values()) {
                if (segment.promised
                        && !segment.deleting
                        && segment.name.baseOffset() <= end
                        && segment.name.endOffset() >= end) {
                    end = segment.name.endOffset() + 1;
                    more = true;
                }
            }
        }
        return end;
    }

    private void copy(Partition partition) {
        if (partition.tiered >= partition.end) {
            return;
        }
        long end = partition.tiered + 1 + random.nextLong(partition.end - partition.tiered);
        Segment segment = new Segment(
                info(partition, partition.tiered, end - 1),
                new TreeMap<>(partition.records.subMap(partition.tiered, true, end - 1, true)));
        store.bucket().create(KEYS.segment(segment.name), new byte[] {1}, Instant.EPOCH);
        if (random.nextInt(5) == 0) {
            // the copy was reported as failed: its leader deletes it, now or when it lives again
            if (random.nextBoolean()) {
                store.bucket().remove(KEYS.segment(segment.name));
            }
            return;
        }
        partition.segments.put(segment.name.segmentId(), segment);
        partition.tiered = end;
        if (random.nextBoolean()) {
            promise(partition);
        }
    }

    private SegmentInfo info(Partition partition, long base, long last) {
        TreeMap<Integer, Long> epochs = new TreeMap<>();
        partition.records.subMap(base, true, last, true).forEach((offset, epoch) -> epochs.putIfAbsent(epoch, offset));
        SegmentName name = new SegmentName(partition.topicId, 0, base, last, epochs.lastKey(), id());
        return new SegmentInfo(name, 0, 0, partition.node, true, epochs);
    }

    /** Writes a snapshot of all that is known, also of a topic that its leader doesn't know to be deleted. */
    private void promise(Partition partition) {
        List<SnapshotSegment> known = new ArrayList<>();
        for (Segment segment : partition.segments.values()) {
            segment.promised = true;
            known.add(new SnapshotSegment(segment.info, 1, Optional.empty(), segment.deleting));
        }
        long number = partition.snapshot++;
        PartitionSnapshot snapshot = new PartitionSnapshot(
                partition.topicId, 0, number, partition.epoch, partition.node, new TreeMap<>(), known);
        store.bucket()
                .create(
                        KEYS.snapshot(partition.topicId, 0, number),
                        snapshot.toBytes().array(),
                        Instant.EPOCH);
        if (number >= 2) {
            store.bucket().remove(KEYS.snapshot(partition.topicId, 0, number - 2));
        }
    }

    /** Retention: the start moves, then a segment is deleted, though its leader may die before its object is gone. */
    private void expire(Partition partition) {
        Optional<Segment> first = partition.segments.values().stream()
                .filter(segment -> segment.promised && !segment.deleting)
                .min((one, other) -> Long.compare(one.name.endOffset(), other.name.endOffset()));
        if (first.isEmpty() || first.get().name.endOffset() >= partition.end) {
            return;
        }
        Segment segment = first.get();
        if (segment.name.endOffset() >= partition.start) {
            setStart(partition, segment.name.endOffset() + 1);
        }
        segment.deleting = true;
        promise(partition);
        if (random.nextBoolean()) {
            store.bucket().remove(KEYS.segment(segment.name));
            store.bucket().remove(KEYS.composite(segment.name));
            partition.segments.remove(segment.name.segmentId());
        }
    }

    /** What a broker makes up its mind to do after it has read the bucket, and does later. */
    private void planComposite(Partition partition) {
        if (partition.deleted || partition.tiered >= partition.end || promisedEnd(partition) < partition.tiered) {
            return;
        }
        List<CompositePiece> found = new ArrayList<>();
        long next = partition.tiered;
        for (WalObjectName name : new NaiveReader(store, KEYS).counting(NODES)) {
            WalObjectIndex index = walObjects.open(name).join();
            for (var entry : index.logs().getOrDefault(partition.log, List.of())) {
                for (var batch : entry.batches()) {
                    if (batch.baseOffset() == next
                            && batch.lastOffset() < partition.end
                            && partition.records.getOrDefault(next, -1) == batch.leaderEpoch()) {
                        found.add(CompositePiece.of(name, batch));
                        next = batch.lastOffset() + 1;
                    }
                }
            }
        }
        if (!found.isEmpty()) {
            Segment segment = new Segment(
                    info(partition, partition.tiered, next - 1),
                    new TreeMap<>(partition.records.subMap(partition.tiered, true, next - 1, true)));
            segment.composite = true;
            Set<WalObjectName> objects = new HashSet<>();
            found.forEach(piece -> objects.add(piece.object()));
            segment.objects = objects;
            planned = Optional.of(segment);
            pieces = found;
            plannedFor = Optional.of(partition);
        }
    }

    /** Creates the composite segment, and takes it back when what it names was condemned meanwhile. */
    private void createPlanned() {
        if (planned.isEmpty() || plannedFor.isEmpty()) {
            return;
        }
        Segment segment = planned.get();
        Partition partition = plannedFor.get();
        planned = Optional.empty();
        composites.create(segment.info, parts(), pieces).join();
        CollectionRecord record = CollectionRecord.in(records.newest().join());
        boolean stale = partition.deleted
                || partition.tiered != segment.name.baseOffset()
                || partition.end <= segment.name.endOffset()
                || !partition
                        .records
                        .subMap(segment.name.baseOffset(), true, segment.name.endOffset(), true)
                        .equals(segment.records);
        if (stale || segment.objects.stream().anyMatch(record::condemns)) {
            store.bucket().remove(KEYS.composite(segment.name));
            return;
        }
        partition.segments.put(segment.name.segmentId(), segment);
        partition.tiered = segment.name.endOffset() + 1;
        promise(partition);
    }

    private static Map<SegmentPart, ByteBuffer> parts() {
        Map<SegmentPart, ByteBuffer> parts = new EnumMap<>(SegmentPart.class);
        for (SegmentPart part : SegmentPart.values()) {
            if (part != SegmentPart.DATA) {
                parts.put(part, ByteBuffer.wrap(new byte[] {1}));
            }
        }
        return parts;
    }

    private void rewrite(Partition partition) {
        for (Segment segment : partition.segments.values()) {
            if (segment.composite && !segment.deleting && !partition.deleted) {
                store.bucket().create(KEYS.segment(segment.name), new byte[] {1}, Instant.EPOCH);
                return;
            }
        }
    }

    private void checkpoint(int node) {
        WalWriter writer = new WalWriter();
        for (Partition partition : partitions) {
            if (partition.node == node && !partition.deleted) {
                writer.checkpoint(partition.log, partition.start, partition.end);
            }
        }
        if (!writer.isEmpty()) {
            upload(node, writer);
        }
    }

    private void seal(int node) {
        Node owner = nodes.get(node);
        if (owner.sequence == 0) {
            return;
        }
        WalObjectName name = new WalObjectName(node, owner.epoch, owner.sequence);
        long next = owner.epoch + 1 + random.nextInt(2);
        chain.seal(WalSeal.continued(name, WalWriter.WAL_ID, id(), next, Instant.EPOCH))
                .join();
        if (random.nextBoolean()) {
            WalWriter stray = new WalWriter();
            stray.data(new LogIncarnation(id(), 0, ++ids), 0, 0, 3);
            stray.create(walObjects, new WalObjectName(node, owner.epoch, owner.sequence + 1 + random.nextInt(2)));
        }
        owner.epoch = next;
        owner.sequence = 0;
    }

    /** A writer sends again what was there and was collected while it slept. */
    private void sleeperWakes() {
        for (Map.Entry<String, byte[]> object : everCreated.entrySet()) {
            if (random.nextInt(everCreated.size()) < 3) {
                store.bucket().create(object.getKey(), object.getValue(), Instant.EPOCH);
            }
        }
    }

    private void deleteTopic(Partition partition) {
        partition.deleted = true;
        if (random.nextBoolean()) {
            WalWriter writer = new WalWriter();
            writer.control(partition.log, WalEntryKind.DELETE, 0);
            upload(partition.node, writer);
        }
        newPartition();
    }
}
