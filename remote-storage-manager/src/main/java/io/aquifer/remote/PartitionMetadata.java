package io.aquifer.remote;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ReplicaNotAvailableException;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadataUpdate;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentState;
import org.apache.kafka.server.log.remote.storage.RemoteResourceNotFoundException;
import org.apache.kafka.server.log.remote.storage.RetriableRemoteStorageException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metadata of a partition that this broker leads or follows: opened from the bucket, then kept up to date by what the
 * leader does, or read again where a follower misses something.
 *
 * <p>Safe for several threads, none of which it blocks, but for {@link #await}.
 */
final class PartitionMetadata {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionMetadata.class);
    /** After so many openings in vain a snapshot is believed, though objects that it promises aren't there. */
    private static final int OPENINGS_BEFORE_BELIEF = 5;

    private static final Duration MAX_DELAY = Duration.ofSeconds(30);
    private static final long FOLLOWER_AGE_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final TopicIdPartition partition;
    private final MetadataContext context;
    private final SnapshotWriter writer;
    /** Guarded by this, as all that follows. */
    private final PartitionState state;

    private CompletableFuture<Void> opened = new CompletableFuture<>();
    private @Nullable CompletableFuture<Void> refresh;
    private boolean leader;
    private boolean stopped;
    /** Of the last change of leadership. */
    private long generation;
    /** The highest leader epoch that Kafka has mentioned, or -1. */
    private int epoch = -1;

    private long openedAt;

    PartitionMetadata(TopicIdPartition partition, MetadataContext context) {
        this.partition = partition;
        this.context = context;
        this.state = new PartitionState(partition);
        this.writer = new SnapshotWriter(partition, context, this);
    }

    /** Opens the partition, anew if it is open: another broker may have led it meanwhile. Returns at once. */
    void become(boolean isLeader) {
        long current;
        synchronized (this) {
            leader = isLeader;
            if (!isLeader) {
                state.forgetCopies();
            }
            if (opened.isDone()) {
                opened = new CompletableFuture<>();
            }
            current = ++generation;
        }
        context.timer().after(Duration.ZERO, () -> open(current, 1));
    }

    private void open(long current, int attempt) {
        CompletableFuture<?> unused = read(attempt > OPENINGS_BEFORE_BELIEF, () -> isCurrent(current))
                .whenComplete((done, failure) -> {
                    if (!isCurrent(current)) {
                        return;
                    }
                    if (failure != null) {
                        Duration delay = delay(attempt);
                        LOG.warn("{} could not be opened; trying again in {} ms", partition, delay.toMillis(), failure);
                        context.timer().after(delay, () -> open(current, attempt + 1));
                        return;
                    }
                    CompletableFuture<Void> waited;
                    synchronized (this) {
                        waited = opened;
                        if (leader) {
                            // Kafka has just made this broker the leader: that is later than all it has found.
                            epoch = Math.max(epoch, state.recordedEpoch());
                        }
                    }
                    waited.complete(null);
                    writer.opened();
                });
    }

    /** One second after the first failure, twice that after the second, and so on. */
    static Duration delay(int failures) {
        Duration delay = Duration.ofSeconds(1L << Math.min(failures - 1, 5));
        return delay.compareTo(MAX_DELAY) < 0 ? delay : MAX_DELAY;
    }

    private synchronized boolean isCurrent(long current) {
        return !stopped && generation == current;
    }

    /** Reads the bucket and takes over what it says. */
    private CompletableFuture<OpenedPartition> read(boolean believing, BooleanSupplier wanted) {
        return context.openings().call(() -> {
            if (!wanted.getAsBoolean()) {
                return CompletableFuture.failedFuture(new RetriableRemoteStorageException(partition + " has moved on"));
            }
            Set<Uuid> expected;
            synchronized (this) {
                expected = state.expected();
            }
            return context.opener().open(partition, believing).thenApply(found -> {
                synchronized (this) {
                    state.merge(found, expected);
                    openedAt = context.timer().nanoTime();
                }
                writer.found(found);
                return found;
            });
        });
    }

    /** Reads the bucket again, once for all who ask meanwhile. Who cancels the future cancels nothing for the others. */
    CompletableFuture<Void> refresh() {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        synchronized (this) {
            if (refresh != null) {
                return refresh.copy();
            }
            refresh = mine;
        }
        CompletableFuture<Void> answer = mine.copy();
        CompletableFuture<?> unused = read(false, this::isOpen).whenComplete((found, failure) -> {
            synchronized (this) {
                refresh = null;
            }
            if (failure == null) {
                mine.complete(null);
            } else {
                mine.completeExceptionally(failure);
            }
        });
        return answer;
    }

    /** For the writer, which has to know what another wrote before it goes on. */
    CompletableFuture<OpenedPartition> readAgain() {
        return read(false, this::isOpen);
    }

    /** Waits until the partition is open, but not long. */
    void await(Duration patience) {
        CompletableFuture<Void> open;
        synchronized (this) {
            open = opened;
        }
        try {
            open.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new ReplicaNotAvailableException("The remote metadata of " + partition + " is still being opened", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReplicaNotAvailableException("Interrupted while waiting for metadata of " + partition, e);
        } catch (ExecutionException e) {
            throw new ReplicaNotAvailableException("The remote metadata of " + partition + " was closed", e);
        }
    }

    synchronized boolean isOpen() {
        return !stopped && opened.isDone();
    }

    synchronized boolean isLeader() {
        return leader && !stopped;
    }

    /** Asks what is known. */
    synchronized <T> T ask(Function<SegmentCatalog, T> question) {
        return question.apply(state.catalog());
    }

    synchronized int epoch() {
        return epoch;
    }

    /** Does something with the state while nobody else does. */
    synchronized <T> T with(Function<PartitionState, T> action) {
        return action.apply(state);
    }

    /**
     * Notes a leader epoch that Kafka mentioned. Kafka doesn't tell a metadata manager under which epoch the broker leads, but
     * asks for the newest one first.
     */
    void note(int mentioned) {
        boolean claim;
        synchronized (this) {
            epoch = Math.max(epoch, mentioned);
            claim = leader && isOpen() && epoch > state.recordedEpoch() && !state.isBlank();
        }
        writer.leadsUnder(mentioned);
        if (claim) {
            writer.request();
        }
    }

    /** Has a follower that read the bucket a while ago read it again. */
    void refreshIfOld() {
        synchronized (this) {
            if (leader || !isOpen() || context.timer().nanoTime() - openedAt < FOLLOWER_AGE_NANOS) {
                return;
            }
        }
        CompletableFuture<?> unused = refresh().exceptionally(failure -> {
            LOG.warn("{} could not be read again; what was known of it is used", partition, failure);
            return null;
        });
    }

    /** Notes that a copy has begun. It is not kept beyond this process: an object that doesn't exist is no copy. */
    CompletableFuture<Void> add(RemoteLogSegmentMetadata segment) {
        note(segment.segmentLeaderEpochs().lastKey());
        CompletableFuture<Void> refused = refused();
        if (refused != null) {
            return refused;
        }
        synchronized (this) {
            SegmentCatalog catalog = state.catalog();
            Uuid id = segment.remoteLogSegmentId().id();
            if (catalog.get(id).isEmpty()) {
                catalog.put(segment);
            } else {
                LOG.warn("{} is known already and isn't copied again", segment.remoteLogSegmentId());
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    /**
     * Takes a segment from one state to the next. The beginning of a deletion is in a snapshot before the future completes, so
     * that no object is deleted that a snapshot promises. The end of a copy is proved by the object. What is gone can be deleted
     * again: Kafka deletes a topic from a list of its segments, while it may still be deleting some of them for their age.
     */
    CompletableFuture<Void> update(RemoteLogSegmentMetadataUpdate update) {
        CompletableFuture<Void> refused = refused();
        if (refused != null) {
            return refused;
        }
        synchronized (this) {
            RemoteLogSegmentMetadata segment =
                    state.catalog().get(update.remoteLogSegmentId().id()).orElse(null);
            if (segment == null) {
                return update.state() == RemoteLogSegmentState.COPY_SEGMENT_FINISHED
                        ? CompletableFuture.failedFuture(new RemoteResourceNotFoundException(
                                "There is no " + update.remoteLogSegmentId() + " to become " + update.state()))
                        : CompletableFuture.completedFuture(null);
            }
            if (!RemoteLogSegmentState.isValidTransition(segment.state(), update.state())) {
                LOG.error(
                        "{} is {} and can't become {}: nothing is changed",
                        update.remoteLogSegmentId(),
                        segment.state(),
                        update.state());
                return CompletableFuture.completedFuture(null);
            }
            state.update(segment, update);
        }
        return switch (update.state()) {
            case DELETE_SEGMENT_STARTED -> writer.write();
            case COPY_SEGMENT_FINISHED -> {
                writer.request();
                yield CompletableFuture.completedFuture(null);
            }
            default -> CompletableFuture.completedFuture(null);
        };
    }

    private @Nullable CompletableFuture<Void> refused() {
        if (!isLeader()) {
            return retriable("This broker doesn't lead " + partition);
        }
        if (!isOpen()) {
            return retriable("The remote metadata of " + partition + " is still being opened");
        }
        return writer.isFenced() ? retriable(writer.fence()) : null;
    }

    private static CompletableFuture<Void> retriable(String message) {
        return CompletableFuture.failedFuture(new RetriableRemoteStorageException(message));
    }

    /** Ends what is under way. */
    void stop() {
        CompletableFuture<Void> waited;
        synchronized (this) {
            stopped = true;
            waited = opened;
        }
        waited.completeExceptionally(new RetriableRemoteStorageException(partition + " was stopped"));
        writer.stop();
    }

    /**
     * Ends what is under way, for Kafka has taken the partition from this broker. Completes once nothing is being written any
     * more: where this broker led the partition and no segment is left, with the key of the newest snapshot, which nobody needs.
     */
    CompletableFuture<Optional<String>> leave() {
        boolean mine;
        synchronized (this) {
            mine = leader && isOpen() && !state.isBlank();
        }
        stop();
        return writer.ended().thenApply(newest -> Optional.of(newest).filter(key -> mine && hasNoSegment()));
    }

    private synchronized boolean hasNoSegment() {
        return state.catalog().all().isEmpty();
    }
}
