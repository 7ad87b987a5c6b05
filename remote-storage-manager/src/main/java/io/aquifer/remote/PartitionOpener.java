package io.aquifer.remote;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.DamagedObjectException;
import io.aquifer.format.ForeignObjectException;
import io.aquifer.format.PartitionSnapshot;
import io.aquifer.format.SegmentName;
import io.aquifer.format.SegmentResolver;
import io.aquifer.format.SnapshotSegment;
import io.aquifer.object.Listing;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.StoredObject;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RetriableRemoteStorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what the bucket says about a partition: a listing, which begins with the snapshots, and the newest snapshot. Only the
 * segments that it doesn't know are looked into. Nothing blocks.
 */
final class PartitionOpener {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionOpener.class);

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final SegmentResolver segments;
    private final BoundedCalls lookups;

    /** @param lookups bound those into segments, of all partitions */
    PartitionOpener(ObjectStore store, ClusterKeys keys, BoundedCalls lookups) {
        this.store = store;
        this.keys = keys;
        this.segments = new SegmentResolver(store, keys);
        this.lookups = lookups;
    }

    /**
     * Opens a partition.
     *
     * <p>The future fails with a {@link RetriableRemoteStorageException} when a segment that the newest snapshot promises isn't
     * listed: it was deleted while the listing was under way, and another try finds a newer snapshot.
     *
     * @param believing not to fail then, but to keep the promise: the segment stays known, and reading it fails
     */
    CompletableFuture<OpenedPartition> open(TopicIdPartition partition, boolean believing) {
        Listed listing = new Listed(partition);
        return Listing.of(store, keys.segmentsOf(listing.topicId, listing.partition.partition()))
                .thenAccept(objects -> objects.forEach(listing::add))
                .thenCompose(done -> deleteRewritten(listing))
                .thenCompose(done -> newest(listing, listing.snapshots.descendingMap()))
                .thenCompose(snapshot -> complete(listing, snapshot, believing));
    }

    /**
     * Deletes composite segments that have been rewritten, which whoever rewrote them didn't come to. Left alone, one would
     * be taken for a segment again once the object in its place is deleted.
     */
    private CompletableFuture<Void> deleteRewritten(Listed listing) {
        List<String> rewritten = listing.composites.values().stream()
                .filter(name -> listing.objects.contains(name.segmentId()))
                .map(keys::composite)
                .toList();
        return rewritten.isEmpty() ? CompletableFuture.completedFuture(null) : store.delete(rewritten);
    }

    /** The newest snapshot that can be read. */
    private CompletableFuture<Optional<PartitionSnapshot>> newest(
            Listed listing, NavigableMap<Long, StoredObject> newestFirst) {
        Map.Entry<Long, StoredObject> newest = newestFirst.firstEntry();
        if (newest == null) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        String key = newest.getValue().key();
        if (newest.getValue().length() == 0) {
            LOG.error("'{}' in {} is empty and isn't used", key, store.name());
            return newest(listing, newestFirst.tailMap(newest.getKey(), false));
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(newest.getValue().length()));
        return store.get(key, 0, bytes)
                .thenApply(range -> read(bytes, newest.getKey(), listing, "'" + key + "' in " + store.name()))
                .thenCompose(snapshot -> snapshot.isPresent()
                        ? CompletableFuture.completedFuture(snapshot)
                        : newest(listing, newestFirst.tailMap(newest.getKey(), false)));
    }

    private static Optional<PartitionSnapshot> read(ByteBuffer bytes, long number, Listed listing, String where) {
        try {
            PartitionSnapshot snapshot = PartitionSnapshot.readFrom(bytes, where);
            if (snapshot.number() == number
                    && snapshot.partition() == listing.partition.partition()
                    && snapshot.topicId().equals(listing.topicId)) {
                return Optional.of(snapshot);
            }
            LOG.error(
                    "{} is snapshot {} of partition {} of topic {}: it was copied from another key and isn't used",
                    where,
                    snapshot.number(),
                    snapshot.partition(),
                    snapshot.topicId());
            return Optional.empty();
        } catch (DamagedObjectException | ForeignObjectException e) {
            LOG.error("A snapshot can't be used; an older one or the segments themselves are read instead", e);
            return Optional.empty();
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }

    private CompletableFuture<OpenedPartition> complete(
            Listed listing, Optional<PartitionSnapshot> snapshot, boolean believing) {
        long newest = listing.snapshots.isEmpty() ? -1 : listing.snapshots.lastKey();
        boolean current = snapshot.isPresent() && snapshot.get().number() == newest;
        List<RemoteLogSegmentMetadata> known = new ArrayList<>();
        Map<UUID, SegmentName> unknown = new HashMap<>(listing.segments);
        for (SnapshotSegment segment : snapshot.map(PartitionSnapshot::segments).orElse(List.of())) {
            SegmentName name = segment.info().name();
            unknown.remove(name.segmentId());
            if (listing.segments.containsKey(name.segmentId())) {
                known.add(SegmentRecords.metadata(listing.partition, segment));
            } else if (!segment.deleting() && current) {
                String missing = "'" + keys.segment(name) + "', which snapshot " + newest + " promises, is not in "
                        + store.name();
                if (!believing) {
                    return CompletableFuture.failedFuture(new RetriableRemoteStorageException(missing));
                }
                LOG.error(
                        "{}: reads of offsets {} to {} of {} will fail. Restore the object, or let the segment expire",
                        missing,
                        name.baseOffset(),
                        name.endOffset(),
                        listing.partition);
                known.add(SegmentRecords.metadata(listing.partition, segment));
            }
        }
        return lookUp(listing.partition, unknown.values()).thenApply(found -> {
            known.addAll(found);
            return new OpenedPartition(
                    newest,
                    snapshot.map(PartitionSnapshot::leaderEpoch).orElse(-1),
                    snapshot.map(PartitionSnapshot::highestOffsets).orElse(Collections.emptyNavigableMap()),
                    known,
                    listing.ids(),
                    (!current && newest >= 0) || !found.isEmpty(),
                    listing.superseded());
        });
    }

    private CompletableFuture<List<RemoteLogSegmentMetadata>> lookUp(
            TopicIdPartition partition, Iterable<SegmentName> names) {
        List<CompletableFuture<RemoteLogSegmentMetadata>> found = new ArrayList<>();
        for (SegmentName name : names) {
            found.add(lookups.call(() -> segments.open(name, Optional.empty()))
                    .thenApply(segment -> SegmentRecords.metadata(partition, segment)));
        }
        return CompletableFuture.allOf(found.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> found.stream().map(CompletableFuture::join).toList());
    }

    /** What lies under a partition's prefix. Belongs to one opening, whose stages follow each other. */
    private final class Listed {
        private final TopicIdPartition partition;
        private final UUID topicId;
        private final NavigableMap<Long, StoredObject> snapshots = new TreeMap<>();
        /** Whether they lie in objects of their own or are composites. */
        private final Map<UUID, SegmentName> segments = new HashMap<>();

        private final Set<UUID> objects = new HashSet<>();
        private final Map<UUID, SegmentName> composites = new HashMap<>();

        private Listed(TopicIdPartition partition) {
            this.partition = partition;
            this.topicId = SegmentRecords.uuid(partition.topicId());
        }

        private void add(StoredObject object) {
            OptionalLong number = keys.snapshotOf(topicId, partition.partition(), object.key());
            if (number.isPresent()) {
                snapshots.put(number.getAsLong(), object);
            } else {
                keys.segmentOf(object.key()).ifPresent(name -> {
                    objects.add(name.segmentId());
                    segments.put(name.segmentId(), name);
                });
                keys.compositeOf(object.key()).ifPresent(name -> {
                    composites.put(name.segmentId(), name);
                    segments.put(name.segmentId(), name);
                });
            }
        }

        private Set<Uuid> ids() {
            Set<Uuid> ids = new HashSet<>();
            segments.keySet().forEach(id -> ids.add(SegmentRecords.uuid(id)));
            return ids;
        }

        /** All but the newest and the one before it. */
        private List<String> superseded() {
            return snapshots.values().stream()
                    .limit(Math.max(0, snapshots.size() - 2))
                    .map(StoredObject::key)
                    .toList();
        }
    }
}
