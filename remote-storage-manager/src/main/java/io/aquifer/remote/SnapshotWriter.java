package io.aquifer.remote;

import io.aquifer.format.PartitionSnapshot;
import io.aquifer.format.PartitionSnapshots;
import io.aquifer.object.Failures;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.server.log.remote.storage.RetriableRemoteStorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the snapshots of a partition, one after the other: what changes while one is being written goes into the next.
 *
 * <p>A number belongs to whoever creates it. A writer that finds its number taken, or a higher one in the bucket, has been
 * overtaken: it reads what was written. Under a higher leader epoch that was its successor, and this one writes nothing until
 * it leads again. Otherwise it goes on with the next number, with what it has read added to what it knows.
 */
final class SnapshotWriter {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotWriter.class);
    /** So many ended deletions in a snapshot are worth a look at which objects are gone. */
    private static final int DELETED_BEFORE_REFRESH = 100;

    private final TopicIdPartition partition;
    private final MetadataContext context;
    private final PartitionMetadata metadata;
    private final PartitionSnapshots snapshots;
    private final CompletableFuture<String> ended = new CompletableFuture<>();
    /** Guarded by this, as all that follows. */
    private List<CompletableFuture<Void>> waiting = new ArrayList<>();

    private List<String> superseded = new ArrayList<>();
    private boolean wanted;
    private boolean writing;
    /** Whether the snapshot behind the last one that was written may exist. */
    private boolean doubtful;

    private boolean stopped;
    private int failures;
    /** The leader epoch by which this writer was replaced, or -1. */
    private int fencedBy = -1;

    SnapshotWriter(TopicIdPartition partition, MetadataContext context, PartitionMetadata metadata) {
        this.partition = partition;
        this.context = context;
        this.metadata = metadata;
        this.snapshots = new PartitionSnapshots(context.store(), context.keys());
    }

    /** The partition was opened: whoever leads it now has been told so by Kafka. */
    void opened() {
        synchronized (this) {
            fencedBy = -1;
        }
        writeWanted();
    }

    /** Goes on, if it was replaced under no higher epoch than this one. */
    synchronized void leadsUnder(int epoch) {
        if (epoch >= fencedBy) {
            fencedBy = -1;
        }
    }

    /** Notes what an opening found. */
    synchronized void found(OpenedPartition found) {
        superseded.removeAll(found.superseded());
        superseded.addAll(found.superseded());
        wanted |= found.unrecorded();
    }

    synchronized boolean isFenced() {
        return fencedBy >= 0;
    }

    /** Why nothing is written. */
    synchronized String fence() {
        return "Leader epoch " + metadata.epoch() + " of " + partition + " is over: a snapshot was written under epoch "
                + fencedBy;
    }

    /** Has a snapshot written in the background. */
    void request() {
        synchronized (this) {
            wanted = true;
        }
        writeWanted();
    }

    /** Completes once all that is known now is in a snapshot. */
    CompletableFuture<Void> write() {
        CompletableFuture<Void> written = new CompletableFuture<>();
        synchronized (this) {
            wanted = true;
            waiting.add(written);
        }
        writeWanted();
        return written;
    }

    private void writeWanted() {
        endIfStopped();
        boolean may = metadata.isLeader() && metadata.isOpen();
        List<CompletableFuture<Void>> waiters;
        synchronized (this) {
            if (!may || !wanted || writing || stopped || fencedBy >= 0) {
                return;
            }
            writing = true;
            wanted = false;
            waiters = waiting;
            waiting = new ArrayList<>();
        }
        int epoch = metadata.epoch();
        PartitionSnapshot snapshot = metadata.with(state -> state.next(epoch, context.brokerId()));
        CompletableFuture<?> unused = create(snapshot).whenComplete((won, failure) -> {
            synchronized (this) {
                doubtful = failure != null;
            }
            if (failure != null) {
                failed(waiters, failure);
            } else if (won) {
                written(snapshot, waiters);
            } else {
                overtaken(waiters);
            }
        });
    }

    private CompletableFuture<Boolean> create(PartitionSnapshot snapshot) {
        try {
            return snapshots.create(snapshot);
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private String key(long number) {
        return context.keys().snapshot(SegmentRecords.uuid(partition.topicId()), partition.partition(), number);
    }

    private void written(PartitionSnapshot snapshot, List<CompletableFuture<Void>> waiters) {
        int deleted = metadata.with(state -> {
            state.written(snapshot);
            return state.deleted();
        });
        List<String> old;
        synchronized (this) {
            writing = false;
            failures = 0;
            if (snapshot.number() >= 2) {
                superseded.add(key(snapshot.number() - 2));
            }
            superseded.remove(key(snapshot.number()));
            old = superseded;
            superseded = new ArrayList<>();
        }
        waiters.forEach(waiter -> waiter.complete(null));
        remove(old);
        if (deleted > DELETED_BEFORE_REFRESH) {
            CompletableFuture<?> unused = metadata.refresh().exceptionally(failure -> {
                LOG.warn("{} could not be read again, its snapshots keep {} deletions", partition, deleted, failure);
                return null;
            });
        }
        writeWanted();
    }

    /** What isn't removed now is found by the next opening. */
    private void remove(List<String> old) {
        if (old.isEmpty()) {
            return;
        }
        CompletableFuture<?> unused = context.store().delete(old).exceptionally(failure -> {
            LOG.warn("{} old snapshots of {} could not be removed", old.size(), partition, failure);
            return null;
        });
    }

    private void overtaken(List<CompletableFuture<Void>> waiters) {
        CompletableFuture<?> unused = metadata.readAgain().whenComplete((found, failure) -> {
            if (failure != null) {
                failed(waiters, failure);
                return;
            }
            boolean replaced = found.leaderEpoch() > metadata.epoch();
            List<CompletableFuture<Void>> refused = new ArrayList<>();
            synchronized (this) {
                writing = false;
                wanted = !replaced;
                if (replaced) {
                    fencedBy = found.leaderEpoch();
                    refused.addAll(waiters);
                    refused.addAll(waiting);
                    waiting = new ArrayList<>();
                } else {
                    waiting.addAll(waiters);
                }
            }
            if (replaced) {
                LOG.warn("{}", fence());
                RetriableRemoteStorageException fenced = new RetriableRemoteStorageException(fence());
                refused.forEach(waiter -> waiter.completeExceptionally(fenced));
            }
            writeWanted();
        });
    }

    /** Whether the snapshot exists is unknown: the next one finds out. */
    private void failed(List<CompletableFuture<Void>> waiters, Throwable failure) {
        Throwable cause = Failures.unwrapped(failure);
        int count;
        synchronized (this) {
            count = ++failures;
        }
        LOG.warn("The metadata of {} could not be written", partition, cause);
        context.timer().after(PartitionMetadata.delay(count), () -> {
            synchronized (this) {
                writing = false;
                wanted = true;
            }
            writeWanted();
        });
        waiters.forEach(waiter -> waiter.completeExceptionally(
                StorageFailures.of("The metadata of " + partition + " can't be written", cause)));
    }

    /** Ends the wait of those who wait; what is being written ends by itself. */
    void stop() {
        List<CompletableFuture<Void>> left;
        synchronized (this) {
            stopped = true;
            left = waiting;
            waiting = new ArrayList<>();
        }
        left.forEach(waiter ->
                waiter.completeExceptionally(new RetriableRemoteStorageException(partition + " was stopped")));
        endIfStopped();
    }

    private void endIfStopped() {
        long newest = metadata.with(PartitionState::number);
        synchronized (this) {
            if (!stopped || writing) {
                return;
            }
            if (doubtful) {
                newest++;
            }
        }
        ended.complete(key(newest));
    }

    /** Completes when this was stopped and writes nothing any more, with the key of the newest snapshot that may exist. */
    CompletableFuture<String> ended() {
        return ended.copy();
    }
}
