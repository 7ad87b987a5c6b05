package io.aquifer.format;

import io.aquifer.object.Failures;
import io.aquifer.object.ObjectNotFoundException;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.PutResult;
import io.aquifer.object.StoredObject;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** The {@linkplain PartitionSnapshot snapshots} of partitions, of which the newest one counts. */
public final class PartitionSnapshots {

    private final ObjectStore store;
    private final ClusterKeys keys;

    public PartitionSnapshots(ObjectStore store, ClusterKeys keys) {
        this.store = store;
        this.keys = keys;
    }

    /**
     * The newest snapshot of a partition, or nothing when it has none. The future fails with an {@link ObjectFormatException}
     * when it isn't readable: an older one would say too little.
     */
    public CompletableFuture<Optional<PartitionSnapshot>> newest(UUID topicId, int partition) {
        return newest(topicId, partition, null, Optional.empty());
    }

    /**
     * As above, where the partition was listed already: without asking for that again, unless the snapshot is gone.
     *
     * @param listed of the partition, in the order of their keys, with all of its snapshots
     */
    public CompletableFuture<Optional<PartitionSnapshot>> newest(
            UUID topicId, int partition, List<StoredObject> listed) {
        return readIfThere(topicId, partition, last(topicId, partition, listed));
    }

    /**
     * Creates the snapshot behind the one that its writer has read or written last.
     *
     * @return whether it is the newest. That none had its number isn't enough: where the partition's snapshots went on without
     *     this writer, the one with that number may have been removed
     */
    public CompletableFuture<Boolean> create(PartitionSnapshot snapshot) {
        String key = keys.snapshot(snapshot.topicId(), snapshot.partition(), snapshot.number());
        String place = keys.snapshotsOf(snapshot.topicId(), snapshot.partition());
        return store.putIfAbsent(key, snapshot.toBytes()).thenCompose(result -> {
            if (result == PutResult.OTHER_EXISTS) {
                return CompletableFuture.completedFuture(false);
            }
            return store.list(place, key, 1).thenApply(page -> page.objects().isEmpty());
        });
    }

    private CompletableFuture<Optional<PartitionSnapshot>> newest(
            UUID topicId, int partition, @Nullable String after, Optional<StoredObject> newest) {
        return store.list(keys.snapshotsOf(topicId, partition), after, ObjectStore.MAX_PAGE)
                .thenCompose(page -> {
                    Optional<StoredObject> last =
                            last(topicId, partition, page.objects()).or(() -> newest);
                    return page.next()
                            .map(next -> newest(topicId, partition, next, last))
                            .orElseGet(() -> readIfThere(topicId, partition, last));
                });
    }

    private CompletableFuture<Optional<PartitionSnapshot>> readIfThere(
            UUID topicId, int partition, Optional<StoredObject> newest) {
        return newest.map(object -> read(topicId, partition, object))
                .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()));
    }

    private Optional<StoredObject> last(UUID topicId, int partition, List<StoredObject> listed) {
        return listed.stream()
                .filter(object ->
                        keys.snapshotOf(topicId, partition, object.key()).isPresent())
                .reduce((one, next) -> next);
    }

    private CompletableFuture<Optional<PartitionSnapshot>> read(UUID topicId, int partition, StoredObject object) {
        String where = "'" + object.key() + "' in " + store.name();
        if (object.length() == 0 || object.length() > Integer.MAX_VALUE) {
            return CompletableFuture.failedFuture(
                    new DamagedObjectException(where + ", a partition's snapshot, has " + object.length() + " bytes"));
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) object.length());
        return store.get(object.key(), 0, bytes)
                .thenApply(range -> Optional.of(decode(bytes, object.key(), where)))
                .exceptionallyCompose(failure -> {
                    Throwable cause = Failures.unwrapped(failure);
                    // it was removed behind a newer one
                    return cause instanceof ObjectNotFoundException
                            ? newest(topicId, partition)
                            : CompletableFuture.failedFuture(cause);
                });
    }

    private PartitionSnapshot decode(ByteBuffer bytes, String key, String where) {
        try {
            PartitionSnapshot snapshot = PartitionSnapshot.readFrom(bytes, where);
            if (!keys.snapshot(snapshot.topicId(), snapshot.partition(), snapshot.number())
                    .equals(key)) {
                throw new ForeignObjectException(
                        where + " is snapshot " + snapshot.number() + " of partition " + snapshot.partition()
                                + " of topic " + snapshot.topicId() + ": it was copied from another key");
            }
            return snapshot;
        } catch (ObjectFormatException e) {
            throw new CompletionException(e);
        }
    }
}
