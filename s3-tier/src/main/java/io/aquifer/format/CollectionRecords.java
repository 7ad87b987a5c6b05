package io.aquifer.format;

import io.aquifer.object.Failures;
import io.aquifer.object.ObjectNotFoundException;
import io.aquifer.object.ObjectPage;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.PutResult;
import io.aquifer.object.StoredObject;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The {@linkplain CollectionRecord records of garbage collection} of a cluster. A number belongs to whoever creates it. */
public final class CollectionRecords {

    private final ObjectStore store;
    private final ClusterKeys keys;

    public CollectionRecords(ObjectStore store, ClusterKeys keys) {
        this.store = store;
        this.keys = keys;
    }

    /**
     * The record that counts, or nothing when nothing was ever collected. The future fails with an {@link
     * ObjectFormatException} when it isn't readable: an older one would say too little.
     *
     * <p>Whoever passes over what is condemned lists the objects first and asks for the record then. What was missing from the
     * listing because it had been collected is in the record that is found here.
     */
    public CompletableFuture<Optional<CollectionRecord>> newest() {
        return store.list(keys.collectionRecords(), null, ObjectStore.MAX_PAGE).thenCompose(this::newestOf);
    }

    private CompletableFuture<Optional<CollectionRecord>> newestOf(ObjectPage page) {
        Optional<String> next = page.next();
        if (next.isPresent()) {
            return store.list(keys.collectionRecords(), next.get(), ObjectStore.MAX_PAGE)
                    .thenCompose(this::newestOf);
        }
        List<StoredObject> records = page.objects().stream()
                .filter(object -> keys.collectionRecordOf(object.key()).isPresent())
                .toList();
        if (records.isEmpty()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        StoredObject last = records.get(records.size() - 1);
        return read(last).thenApply(Optional::of).exceptionallyCompose(failure -> {
            Throwable cause = Failures.unwrapped(failure);
            return cause instanceof ObjectNotFoundException ? newest() : CompletableFuture.failedFuture(cause);
        });
    }

    private CompletableFuture<CollectionRecord> read(StoredObject object) {
        String where = "'" + object.key() + "' in " + store.name();
        if (object.length() == 0 || object.length() > Integer.MAX_VALUE) {
            return CompletableFuture.failedFuture(
                    new DamagedObjectException(where + ", a record of garbage collection, has " + object.length()
                            + " bytes. Restore it from a replica of the bucket"));
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) object.length());
        return store.get(object.key(), 0, bytes).thenApply(range -> {
            try {
                CollectionRecord record = CollectionRecord.readFrom(bytes, where);
                if (!keys.collectionRecord(record.number()).equals(object.key())) {
                    throw new ForeignObjectException(
                            where + " is record " + record.number() + ": it was copied from another key");
                }
                return record;
            } catch (ObjectFormatException e) {
                throw new CompletionException(e);
            }
        });
    }

    /**
     * Creates a record, if it is the one behind the newest.
     *
     * @return whether it is the newest now. If not, another collector was faster, perhaps long ago
     */
    public CompletableFuture<Boolean> create(CollectionRecord record) {
        String key = keys.collectionRecord(record.number());
        return store.putIfAbsent(key, record.toBytes())
                .thenCompose(result -> result == PutResult.OTHER_EXISTS
                        ? CompletableFuture.completedFuture(false)
                        // that none had its number isn't enough: the one that had may have been removed behind a newer
                        // one
                        : store.list(keys.collectionRecords(), key, 1)
                                .thenApply(page -> page.objects().isEmpty()));
    }

    /** Removes the records that are older than the one before {@code newest}, which must exist. */
    public CompletableFuture<Void> removeBefore(long newest) {
        return store.list(keys.collectionRecords(), null, ObjectStore.MAX_PAGE).thenCompose(page -> {
            List<String> old = new ArrayList<>();
            for (StoredObject object : page.objects()) {
                OptionalLong number = keys.collectionRecordOf(object.key());
                if (number.isPresent() && number.getAsLong() < newest - 1) {
                    old.add(object.key());
                }
            }
            return old.isEmpty() ? CompletableFuture.completedFuture(null) : store.delete(old);
        });
    }
}
