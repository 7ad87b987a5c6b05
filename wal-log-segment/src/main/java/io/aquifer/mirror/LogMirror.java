package io.aquifer.mirror;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.PartitionSnapshot;
import io.aquifer.format.PartitionSnapshots;
import io.aquifer.format.SegmentInfo;
import io.aquifer.format.SegmentName;
import io.aquifer.format.SnapshotSegment;
import io.aquifer.object.Listing;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.StoreWait;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mirrors one log: uploads the closed segments that S3 doesn't have, and then says in the partition's next snapshot which
 * objects make up the log, all of them at once. Those that do no longer are being deleted from then on, and garbage collection
 * takes them.
 *
 * <p>What is in a snapshot is the log as it was at one moment, before or after a cleaning, or between two segments of one,
 * where a broker that dies would leave it, too. The WAL has what comes behind; so what a snapshot has never ends below what
 * the one before it had. Snapshots are numbered, and the next number belongs to whoever creates it: a leader whose time is over
 * finds it taken.
 *
 * <p>Not thread-safe.
 */
final class LogMirror {

    private static final Logger LOG = LoggerFactory.getLogger(LogMirror.class);
    private static final int NEVER = -1;

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final int brokerId;
    private final PartitionSnapshots snapshots;
    private final SegmentCopy copying;
    private final LongSupplier uploaded;
    private final MirrorObserver observer;
    private final IdentityHashMap<LogSegment, SnapshotSegment> copies = new IdentityHashMap<>();
    private boolean opened;
    private Optional<PartitionSnapshot> newest = Optional.empty();
    private @Nullable List<LogSegment> published;
    private @Nullable UnifiedLog log;
    private int generation = NEVER;
    private long recordedStart = NEVER;
    private long recordedBelow;

    /** @param uploaded position of the WAL below which everything is in S3 */
    LogMirror(ObjectStore store, ClusterKeys keys, int brokerId, LongSupplier uploaded, MirrorObserver observer) {
        this.store = store;
        this.keys = keys;
        this.brokerId = brokerId;
        this.snapshots = new PartitionSnapshots(store, keys);
        this.copying = new SegmentCopy(store, keys, brokerId);
        this.uploaded = uploaded;
        this.observer = observer;
    }

    /**
     * Brings S3 up to what the log is now, if this broker leads it.
     *
     * @throws IOException if the store or the disk fails, or the log changes meanwhile; the next pass goes on
     */
    void pass(MirrorSource source) throws IOException {
        int epoch = source.leaderEpoch();
        if (epoch < 0) {
            forget();
            return;
        }
        ClosedSegments closed = source.closed();
        if (source.log() != log || closed.generation() != generation) {
            forget();
            log = source.log();
            generation = closed.generation();
        }
        if (closed.list().equals(published)) {
            return;
        }
        if (!opened) {
            open(source, closed);
        }
        if (isReplaced(epoch) || !reachesPromised(source, closed)) {
            return;
        }
        List<SnapshotSegment> live = upload(source, closed);
        if (first(live, closed.end()) > first(live(), 0) && !isStartInStore(source)) {
            return;
        }
        if (source.closed().generation() != generation) {
            throw new ChangedMeanwhileException(source.id() + " was truncated while it was mirrored");
        }
        if (!live.equals(live())) {
            publish(source, epoch, live);
        }
        published = closed.list();
        copies.keySet().retainAll(closed.list());
    }

    private static long first(List<SnapshotSegment> segments, long none) {
        return segments.isEmpty() ? none : segments.get(0).info().name().baseOffset();
    }

    /**
     * Whether WAL objects say where the log starts. Until then what lies below stays in the snapshot: for whoever has only the
     * bucket it would be missing.
     */
    private boolean isStartInStore(MirrorSource source) throws IOException {
        long start = source.log().logStartOffset();
        if (recordedStart != start) {
            recordedBelow = source.recordLogStart();
            recordedStart = start;
        }
        return uploaded.getAsLong() >= recordedBelow;
    }

    private void forget() {
        copies.clear();
        opened = false;
        published = null;
    }

    private void open(MirrorSource source, ClosedSegments closed) throws IOException {
        newest = StoreWait.untilDone(
                snapshots.newest(source.id().topicId(), source.id().partition()));
        for (SnapshotSegment copy : live()) {
            for (int i = 0; i < closed.list().size(); i++) {
                LogSegment segment = closed.list().get(i);
                SegmentName name = copy.info().name();
                if (segment.baseOffset() == name.baseOffset()
                        && closed.endOf(i) == name.endOffset() + 1
                        && segment.size() == copy.dataLength()
                        && copying.isCopy(source, closed, segment, copy)) {
                    copies.put(segment, copy);
                }
            }
        }
        opened = true;
    }

    private List<SnapshotSegment> live() {
        return newest.map(PartitionSnapshot::live).orElse(List.of());
    }

    private boolean isReplaced(int epoch) {
        boolean replaced = newest.isPresent() && newest.get().leaderEpoch() > epoch;
        if (replaced) {
            LOG.warn(
                    "Partition {} of topic {} was mirrored under leader epoch {}: under {} this broker mirrors it no more",
                    newest.get().partition(),
                    newest.get().topicId(),
                    newest.get().leaderEpoch(),
                    epoch);
            opened = false;
        }
        return replaced;
    }

    /** Whether the closed segments have all that the newest snapshot has; where they may, the active one is closed. */
    private boolean reachesPromised(MirrorSource source, ClosedSegments closed) throws IOException {
        long promised = newest.map(PartitionSnapshot::liveEnd)
                .orElse(OptionalLong.empty())
                .orElse(0);
        if (closed.end() >= promised) {
            return true;
        }
        if (source.log().highWatermark() >= promised
                && source.log().activeSegment().size() > 0) {
            source.log().roll();
        }
        return false;
    }

    private List<SnapshotSegment> upload(MirrorSource source, ClosedSegments closed) throws IOException {
        List<SnapshotSegment> live = new ArrayList<>();
        for (int i = 0; i < closed.list().size(); i++) {
            LogSegment segment = closed.list().get(i);
            SnapshotSegment copy = copies.get(segment);
            if (copy == null) {
                long start = System.nanoTime();
                copy = copying.upload(source, closed, segment, closed.endOf(i));
                copies.put(segment, copy);
                observer.uploaded(copy.dataLength(), System.nanoTime() - start);
            }
            live.add(copy);
        }
        return live;
    }

    private void publish(MirrorSource source, int epoch, List<SnapshotSegment> live) throws IOException {
        UUID topicId = source.id().topicId();
        int partition = source.id().partition();
        long number = newest.map(snapshot -> snapshot.number() + 1).orElse(0L);
        List<SnapshotSegment> segments = new ArrayList<>(live);
        There there = look(topicId, partition, number);
        segments.addAll(deleting(there, live));
        PartitionSnapshot next =
                new PartitionSnapshot(topicId, partition, number, epoch, brokerId, highestOffsets(live), segments);
        opened = false;
        if (!StoreWait.untilDone(snapshots.create(next))) {
            throw new ChangedMeanwhileException("snapshot " + number + " of " + source.id() + " is another's");
        }
        newest = Optional.of(next);
        opened = true;
        observer.published();
        if (!there.superseded().isEmpty()) {
            StoreWait.untilDone(store.delete(there.superseded()));
        }
    }

    /**
     * What the bucket has of the partition.
     *
     * @param superseded keys of snapshots that nobody reads any more once the next is there
     */
    private record There(Map<UUID, SegmentName> segments, List<String> superseded) {}

    private There look(UUID topicId, int partition, long number) throws IOException {
        There there = new There(new LinkedHashMap<>(), new ArrayList<>());
        Listing.forEach(store, keys.segmentsOf(topicId, partition), object -> {
            keys.segmentOf(object.key())
                    .or(() -> keys.compositeOf(object.key()))
                    .ifPresent(name -> there.segments().put(name.segmentId(), name));
            // The newest stays beside the next, for whoever has listed it and is about to read it.
            keys.snapshotOf(topicId, partition, object.key()).stream()
                    .filter(found -> found < number - 1)
                    .forEach(found -> there.superseded().add(object.key()));
        });
        return there;
    }

    /** What isn't of the log and is there: what was, and what an upload left that was never in a snapshot. */
    private List<SnapshotSegment> deleting(There there, List<SnapshotSegment> live) {
        Set<UUID> kept = new HashSet<>();
        live.forEach(segment -> kept.add(segment.info().name().segmentId()));
        Map<UUID, SnapshotSegment> known = new HashMap<>();
        newest.ifPresent(snapshot -> snapshot.segments()
                .forEach(segment -> known.put(segment.info().name().segmentId(), segment)));
        List<SnapshotSegment> deleting = new ArrayList<>();
        there.segments().forEach((id, name) -> {
            if (!kept.contains(id)) {
                SnapshotSegment before = known.get(id);
                deleting.add(
                        before == null
                                ? new SnapshotSegment(unknown(name), 0, Optional.empty(), true)
                                : new SnapshotSegment(before.info(), before.dataLength(), before.custom(), true));
            }
        });
        return deleting;
    }

    private SegmentInfo unknown(SegmentName name) {
        NavigableMap<Integer, Long> epochs = new TreeMap<>(Map.of(name.leaderEpoch(), name.baseOffset()));
        return new SegmentInfo(name, -1, System.currentTimeMillis(), brokerId, true, epochs);
    }

    private NavigableMap<Integer, Long> highestOffsets(List<SnapshotSegment> live) {
        NavigableMap<Integer, Long> highest =
                new TreeMap<>(newest.map(PartitionSnapshot::highestOffsets).orElse(new TreeMap<>()));
        for (SnapshotSegment segment : live) {
            NavigableMap<Integer, Long> epochs = segment.info().leaderEpochs();
            epochs.forEach((epoch, start) -> {
                Map.Entry<Integer, Long> following = epochs.higherEntry(epoch);
                long last = following == null ? segment.info().name().endOffset() : following.getValue() - 1;
                highest.merge(epoch, last, Math::max);
            });
        }
        return highest;
    }
}
