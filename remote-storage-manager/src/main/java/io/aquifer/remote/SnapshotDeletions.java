package io.aquifer.remote;

import io.aquifer.format.ClusterKeys;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.StoredObject;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the snapshots of partitions that have gone, as soon as their last segment object is. What is to be deleted is in a
 * journal first, and taken up again by the next process.
 *
 * <p>A partition of which nothing is left need not have gone for good: it may be led by another broker. So its snapshots stay
 * while there is a segment, for the next leader must know of one that is being deleted, and whatever is newer than the
 * snapshot that was known here belongs to somebody else.
 */
final class SnapshotDeletions implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotDeletions.class);
    /** Most partitions at once: nobody waits for them. */
    private static final int CALLS = 4;
    /** After so many looks in vain, some eight minutes, segment objects are left to the next process. */
    private static final int LOOKS = 20;

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final DeletionJournal journal;
    private final MetadataTimer timer;
    private final BoundedCalls calls = new BoundedCalls(CALLS);

    /** Begins with what the journal holds. The journal is closed with this, neither the store nor the timer is. */
    SnapshotDeletions(ObjectStore store, ClusterKeys keys, DeletionJournal journal, MetadataTimer timer) {
        this.store = store;
        this.keys = keys;
        this.journal = journal;
        this.timer = timer;
        journal.oldest(Integer.MAX_VALUE).forEach(newest -> begin(newest, 1, Duration.ZERO));
    }

    /**
     * Notes durably that a partition's snapshots are to be deleted.
     *
     * @param newest key of the newest one that may be deleted; it needn't exist
     */
    void promise(String newest) {
        try {
            if (journal.add(newest)) {
                begin(newest, 1, Duration.ZERO);
            }
        } catch (IOException e) {
            LOG.error("'{}' in {} is no longer needed and stays behind: delete it by hand", newest, store.name(), e);
        }
    }

    private void begin(String newest, int attempt, Duration delay) {
        timer.after(delay, () -> {
            CompletableFuture<?> unused = calls.call(() -> delete(newest))
                    .whenComplete(
                            (done, failure) -> timer.after(Duration.ZERO, () -> ended(newest, attempt, done, failure)));
        });
    }

    /** Completes with whether nothing is left to be deleted. */
    private CompletableFuture<Boolean> delete(String newest) {
        String place = newest.substring(0, newest.lastIndexOf('/') + 1);
        String kind = newest.substring(0, newest.lastIndexOf('-') + 1);
        return store.list(place, null, ObjectStore.MAX_PAGE).thenCompose(page -> {
            List<String> found = page.objects().stream().map(StoredObject::key).toList();
            List<String> snapshots =
                    found.stream().filter(key -> key.startsWith(kind)).toList();
            if (snapshots.isEmpty() || snapshots.stream().anyMatch(key -> key.compareTo(newest) > 0)) {
                return CompletableFuture.completedFuture(true);
            }
            if (found.stream().anyMatch(key -> keys.segmentOf(key).isPresent())) {
                return CompletableFuture.completedFuture(false);
            }
            return store.delete(snapshots).thenApply(deleted -> !page.more());
        });
    }

    private void ended(String newest, int attempt, @Nullable Boolean done, @Nullable Throwable failure) {
        if (Boolean.TRUE.equals(done)) {
            try {
                journal.done(List.of(newest));
            } catch (IOException e) {
                LOG.warn(
                        "'{}' is deleted, which can't be noted: it is deleted once more after the next start",
                        newest,
                        e);
            }
            return;
        }
        Duration delay = PartitionMetadata.delay(attempt);
        if (failure != null) {
            LOG.warn(
                    "'{}' could not be deleted from {}; trying again in {} ms",
                    newest,
                    store.name(),
                    delay.toMillis(),
                    failure);
        } else if (attempt >= LOOKS) {
            LOG.warn("'{}' in {} stays until the next start, for there are segments beside it", newest, store.name());
            return;
        }
        begin(newest, attempt + 1, delay);
    }

    @Override
    public void close() throws IOException {
        journal.close();
    }
}
