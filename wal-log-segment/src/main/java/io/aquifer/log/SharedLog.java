package io.aquifer.log;

import io.aquifer.wal.append.Claim;
import io.aquifer.wal.append.DurableListener;
import io.aquifer.wal.layout.CheckpointPayload;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.RecordKind;
import java.io.File;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import kafka.cluster.Partition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.storage.internals.log.LogOffsetMetadata;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.jspecify.annotations.Nullable;

/**
 * The shared-storage state of one Kafka log, from the opening of its directory on, shared now or not.
 *
 * <p>While the log is shared, its {@linkplain #durableEnd() durable end} is the offset below which every record is on the
 * device. It rises in the order of offsets, on the WAL's threads. A truncation begins a new generation: what was appended
 * in an older one doesn't move it any more, for its offsets may have gone to other records since.
 *
 * <p>Whether the log is shared, and what is appended, changes only under the lock of the {@link UnifiedLog}; the durable
 * end and the generation are guarded by this object's monitor, under which nothing else is acquired.
 */
public final class SharedLog {

    private static final byte[] NOTHING = {};

    private final WalAppender wal;
    private final TopicPartition topicPartition;
    private final AtomicBoolean callbackQueued = new AtomicBoolean();
    private volatile File dir;
    private volatile @Nullable UnifiedLog log;
    private volatile @Nullable LogId id;
    private volatile LogOffsetMetadata durableEnd = new LogOffsetMetadata(0);
    private volatile int generation;
    private volatile @Nullable Partition partition;
    private final AtomicBoolean copying = new AtomicBoolean();
    private volatile @Nullable Runnable copyTask;
    private final AtomicReference<@Nullable Seeding> seeding = new AtomicReference<>();

    /** Offsets below it may have left the WAL, for the local files. Guarded by the log's lock. */
    private long trimmableEnd;

    /** From here on the local files may be unflushed, whatever Kafka's recovery point says. Guarded by the log's lock. */
    private long unflushedFrom = Long.MAX_VALUE;

    SharedLog(WalAppender wal, TopicPartition topicPartition, File dir) {
        this.wal = wal;
        this.topicPartition = topicPartition;
        this.dir = dir;
    }

    TopicPartition topicPartition() {
        return topicPartition;
    }

    File dir() {
        return dir;
    }

    void dir(File renamed) {
        dir = renamed;
    }

    @Nullable
    UnifiedLog log() {
        return log;
    }

    void attach(UnifiedLog opened) {
        log = opened;
    }

    /** Whether appends go to the WAL now. */
    boolean isShared() {
        return id != null;
    }

    /** As what the WAL knows this log, or null if it isn't shared. */
    @Nullable
    LogId id() {
        return id;
    }

    /**
     * From now on appends go to the WAL, and what is there is durable. Under the log's lock.
     *
     * @param firstInWal offset from which on the WAL holds records that the local files may not hold durably
     */
    void share(LogId newId, LogOffsetMetadata end, long firstInWal) {
        trimmableEnd = end.messageOffset;
        unflushedFrom = firstInWal;
        synchronized (this) {
            durableEnd = end;
        }
        id = newId;
    }

    /** From now on appends take Kafka's own path. Under the log's lock. */
    void unshare() {
        id = null;
    }

    /** The offset below which every record is on the device, with its place in the local file. */
    LogOffsetMetadata durableEnd() {
        return durableEnd;
    }

    /** Changes whenever offsets may have gone to other records. */
    int generation() {
        return generation;
    }

    /** The high watermark that may be shown instead of {@code highWatermark}: never beyond the durable end. */
    public LogOffsetMetadata cap(LogOffsetMetadata highWatermark) {
        if (!isShared()) {
            return highWatermark;
        }
        LogOffsetMetadata end = durableEnd;
        return highWatermark.messageOffset <= end.messageOffset ? highWatermark : end;
    }

    /**
     * Copies a batch into the WAL's memory and lets it go to the device. Under the log's lock; doesn't wait.
     *
     * @param segmentSize bytes of the segment before it
     */
    WalAppend append(MemoryRecords records, long lastOffset, long segmentBaseOffset, int segmentSize)
            throws IOException {
        LogOffsetMetadata end =
                new LogOffsetMetadata(lastOffset + 1, segmentBaseOffset, segmentSize + records.sizeInBytes());
        Claim claim = wal.append(requiredId(), topicPartition, records, new PendingEnd(this, generation, end));
        return new WalAppend(this, claim);
    }

    /** The last append failed behind the WAL: its offsets belong to the next one. Under the log's lock. */
    void takeBack() {
        truncated(RecordKind.TRUNCATE, requiredLog().logEndOffsetMetadata());
    }

    /**
     * The log is about to end at {@code end}. If the WAL no longer holds what was there, it has to know first: a crash would
     * leave it with what came behind, and a gap in front of that. Under the log's lock; waits for the device then.
     */
    void truncating(RecordKind kind, long end) {
        LogId current = id;
        if (current != null && end < trimmableEnd) {
            wal.controlDurably(WalRecords.control(kind, current, end), NOTHING);
            trimmableEnd = end;
        }
    }

    /** The log ends at {@code end} now, whether it is shared or not. Under the log's lock. */
    void truncated(RecordKind kind, LogOffsetMetadata end) {
        unflushedFrom = Math.min(unflushedFrom, end.messageOffset);
        PendingEnd pending;
        synchronized (this) {
            int next = generation + 1;
            generation = next;
            if (durableEnd.messageOffset > end.messageOffset) {
                durableEnd = end;
            }
            pending = new PendingEnd(this, next, end);
        }
        LogId current = id;
        if (current != null) {
            wal.control(WalRecords.control(kind, current, end.messageOffset), NOTHING, pending);
        }
    }

    /**
     * What lies below {@code end} is about to be flushed and then trimmed. Under the log's lock.
     *
     * @return from where on the files have to be flushed even if Kafka takes them for flushed: a flush that was under way
     *     during a truncation counts for what was written since
     */
    long flushing(long end) {
        trimmableEnd = Math.max(trimmableEnd, end);
        return unflushedFrom;
    }

    /** All of the files is flushed, unless the log was truncated since {@code flushedGeneration}. Under the log's lock. */
    void flushed(int flushedGeneration) {
        if (generation == flushedGeneration) {
            unflushedFrom = Long.MAX_VALUE;
        }
    }

    /** The log starts at {@code offset} now. */
    void logStartChanged(long offset) {
        LogId current = id;
        if (current != null) {
            wal.control(WalRecords.control(RecordKind.LOG_START, current, offset), NOTHING, DurableListener.NONE);
        }
    }

    /** The log is gone, or no longer kept here. */
    void deleted(LogId last) {
        wal.control(WalRecords.control(RecordKind.DELETE, last, 0), NOTHING, DurableListener.NONE);
    }

    /**
     * Writes down where the log starts and ends, and whether it is tiered. Under the log's lock.
     *
     * @return number of the block that holds it
     */
    long checkpoint(long logStartOffset, long endOffset) {
        boolean untiered = !requiredLog().remoteLogEnabled();
        byte[] description = new CheckpointPayload(topicPartition.topic(), untiered).toBytes();
        return wal.control(
                WalRecords.checkpoint(requiredId(), logStartOffset, endOffset, description.length),
                description,
                DurableListener.NONE);
    }

    /**
     * Writes down where the log starts and ends now, and returns once that is durable.
     *
     * @return a position in the WAL, below which it is
     */
    long checkpointDurably() throws IOException {
        UnifiedLog opened = requiredLog();
        long block;
        synchronized (KafkaInternals.lock(opened)) {
            block = checkpoint(opened.logStartOffset(), opened.logEndOffset());
        }
        wal.awaitDurable(block);
        return wal.durableEnd();
    }

    /** A record is durable. On the WAL's threads. */
    void durable(PendingEnd pending) {
        synchronized (this) {
            if (pending.generation() != generation || pending.end().messageOffset <= durableEnd.messageOffset) {
                return;
            }
            durableEnd = pending.end();
        }
        wal.durable(this, pending);
    }

    /** The partition whose leader this log is, to be called back when the durable end rises. */
    void leading(Partition leader) {
        partition = leader;
    }

    @Nullable
    Partition partition() {
        return partition;
    }

    /** Where replicas begin that are being added, or null while none are. */
    @Nullable
    Seeding seeding() {
        return seeding.get();
    }

    void beginSeeding(Seeding now) {
        seeding.set(now);
    }

    /** Replicas are answered as ever from now on, unless another seeding has begun. */
    void endSeeding(@Nullable Seeding last) {
        seeding.compareAndSet(last, null);
    }

    /**
     * A replica reads from {@code offset} on.
     *
     * @throws org.apache.kafka.common.errors.ApiException if it is to begin later, or elsewhere
     */
    public void replicaReads(long offset) {
        Seeding now = seeding.get();
        if (now != null) {
            now.check(offset);
        }
    }

    /**
     * Kafka's task, by which segments are copied to the tier, begins a run.
     *
     * @return false if another run is under way
     */
    public boolean beginCopy(Runnable task) {
        copyTask = task;
        return copying.compareAndSet(false, true);
    }

    /** The run is over. */
    public void endCopy() {
        copying.set(false);
    }

    /**
     * Copies the segments that are due to the tier, as Kafka's task would do it later.
     *
     * @return whether that brought the tier further
     */
    boolean copyNow() {
        Runnable task = copyTask;
        long before = requiredLog().highestOffsetInRemoteStorage();
        if (task != null) {
            task.run();
        }
        return requiredLog().highestOffsetInRemoteStorage() > before;
    }

    /** Answers true if the caller is to queue a callback: none is queued yet. */
    boolean queueCallback() {
        return !callbackQueued.get() && callbackQueued.compareAndSet(false, true);
    }

    /** A callback begins: what rises from now on needs another. */
    void callbackBegins() {
        callbackQueued.set(false);
    }

    UnifiedLog requiredLog() {
        UnifiedLog opened = log;
        if (opened == null) {
            throw new IllegalStateException("the log of " + topicPartition + " is still being opened");
        }
        return opened;
    }

    private LogId requiredId() {
        LogId current = id;
        if (current == null) {
            throw new IllegalStateException("the log of " + topicPartition + " isn't shared");
        }
        return current;
    }

    @Override
    public String toString() {
        return topicPartition + " in " + dir + " as " + id;
    }
}
