package io.aquifer.rebuild;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.CollectionRecord;
import io.aquifer.format.CollectionRecords;
import io.aquifer.format.OpenedSegment;
import io.aquifer.format.PartitionSnapshot;
import io.aquifer.format.PartitionSnapshots;
import io.aquifer.format.SegmentName;
import io.aquifer.format.SegmentPart;
import io.aquifer.format.SegmentResolver;
import io.aquifer.format.SegmentTail;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.StoreWait;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** The segments of a partition that the bucket has, composites among them. */
final class TieredLog implements StoredSegments {

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final SegmentResolver resolver;
    /** By the offset behind each. */
    private final NavigableMap<Long, SegmentName> byEnd = new TreeMap<>();

    private final Set<SegmentName> composites = new HashSet<>();

    private TieredLog(ObjectStore store, ClusterKeys keys) {
        this.store = store;
        this.keys = keys;
        this.resolver = new SegmentResolver(store, keys);
    }

    /**
     * Looks for the segments of a partition. Composite segments that a rebuild which was cut short made of what has been
     * condemned since are deleted.
     */
    static TieredLog list(ObjectStore store, ClusterKeys keys, SegmentListings listings, UUID topicId, int partition)
            throws IOException {
        TieredLog log = new TieredLog(store, keys);
        Set<SegmentName> plain = new LinkedHashSet<>();
        Set<SegmentName> composites = new LinkedHashSet<>();
        listings.forEach(topicId, partition, object -> {
            keys.segmentOf(object.key()).ifPresent(plain::add);
            keys.compositeOf(object.key()).ifPresent(composites::add);
        });
        composites.removeAll(plain);
        log.removeCondemned(topicId, partition, composites);
        plain.forEach(log::add);
        composites.forEach(log::add);
        log.composites.addAll(composites);
        return log;
    }

    /**
     * Those that nobody promises and that name what is condemned may name what is gone: whoever made them didn't come to look.
     * One that is promised was looked at, so what it names stays for as long as it is there.
     */
    private void removeCondemned(UUID topicId, int partition, Set<SegmentName> composites) throws IOException {
        if (composites.isEmpty()) {
            return;
        }
        CollectionRecord record = CollectionRecord.in(StoreWait.untilDone(new CollectionRecords(store, keys).newest()));
        Set<SegmentName> condemned = new LinkedHashSet<>();
        for (SegmentName name : composites) {
            OpenedSegment segment =
                    StoreWait.untilDone(resolver.openTail(name, true)).segment();
            boolean names = segment.pieces().stream()
                    .flatMap(pieces -> pieces.list().stream())
                    .anyMatch(piece -> record.condemns(piece.object()));
            if (names) {
                condemned.add(name);
            }
        }
        if (!condemned.isEmpty()) {
            StoreWait.untilDone(new PartitionSnapshots(store, keys).newest(topicId, partition))
                    .map(PartitionSnapshot::segments)
                    .orElse(List.of())
                    .forEach(promised -> condemned.remove(promised.info().name()));
        }
        if (!condemned.isEmpty()) {
            StoreWait.untilDone(
                    store.delete(condemned.stream().map(keys::composite).toList()));
            composites.removeAll(condemned);
        }
    }

    private void add(SegmentName name) {
        byEnd.merge(name.endOffset() + 1, name, (one, other) -> one.leaderEpoch() >= other.leaderEpoch() ? one : other);
    }

    @Override
    public OptionalLong end() {
        return byEnd.isEmpty() ? OptionalLong.empty() : OptionalLong.of(byEnd.lastKey());
    }

    /** The lowest offset from {@code first} to {@code last} at which a segment ends. */
    OptionalLong boundary(long first, long last) {
        Long end = byEnd.ceilingKey(first);
        return end == null || end > last ? OptionalLong.empty() : OptionalLong.of(end);
    }

    @Override
    public OptionalLong lastTimestamp() throws IOException {
        return byEnd.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(
                        StoreWait.untilDone(resolver.open(byEnd.lastEntry().getValue(), Optional.empty()))
                                .parts()
                                .info()
                                .maxTimestamp());
    }

    /** What a segment says of the log at its end. */
    record State(ByteBuffer producers, LeaderEpochs epochs) {}

    /** The state at an offset where a segment ends. */
    State stateAt(long end) throws IOException {
        SegmentName name = Objects.requireNonNull(byEnd.get(end), "no segment ends there");
        SegmentTail segment = StoreWait.untilDone(resolver.openTail(name, composites.contains(name)));
        return new State(
                StoreWait.untilDone(segment.read(store, SegmentPart.PRODUCER_SNAPSHOT)),
                LeaderEpochs.of(StoreWait.untilDone(segment.read(store, SegmentPart.LEADER_EPOCHS))));
    }
}
