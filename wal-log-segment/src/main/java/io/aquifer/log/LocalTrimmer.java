package io.aquifer.log;

import io.aquifer.wal.append.WriteAheadLog;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trims the WAL: what lies below a position is needed no more once the local segments hold it durably, and it is in S3 where
 * the WAL goes there.
 *
 * <p>A trim takes the durable position, then flushes every shared log, then writes a checkpoint of each, so that the
 * WAL goes on knowing all of its logs and where they end, and only then moves the trim position there. A log that can't
 * be flushed keeps the WAL from being trimmed beyond it.
 */
final class LocalTrimmer {

    private static final Logger LOG = LoggerFactory.getLogger(LocalTrimmer.class);
    private static final int TRIM_FRACTION = 4;

    private final WriteAheadLog wal;
    private final SharedLogs logs;
    private final LongSupplier uploaded;
    private final long intervalNanos;
    private final Thread thread;
    private volatile boolean closing;

    LocalTrimmer(WriteAheadLog wal, SharedLogs logs, Duration interval) {
        this(wal, logs, () -> Long.MAX_VALUE, interval);
    }

    /** @param uploaded position below which every block is in S3 */
    LocalTrimmer(WriteAheadLog wal, SharedLogs logs, LongSupplier uploaded, Duration interval) {
        this.wal = wal;
        this.logs = logs;
        this.uploaded = uploaded;
        this.intervalNanos = interval.toNanos();
        this.thread = new Thread(this::run, "aquifer-wal-trimmer");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!closing && wal.failure() == null) {
            LockSupport.parkNanos(this, intervalNanos);
            boolean progress = uploaded.getAsLong() > wal.trimPosition();
            if (!closing && progress && wal.ringUsed() > wal.ringCapacity() / TRIM_FRACTION) {
                trimOnce();
            }
        }
    }

    private void trimOnce() {
        try {
            trim(false);
        } catch (IOException | KafkaStorageException e) {
            LOG.error("The WAL couldn't be trimmed; trying again in {} ms", intervalNanos / 1_000_000, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            wal.fail(new IOException("trimming the WAL broke: " + e, e));
            throw e;
        }
    }

    /**
     * Trims as far as can be.
     *
     * @param clean true after every log was closed: if all of them were in good order, the superblock says so
     */
    synchronized void trim(boolean clean) throws IOException, InterruptedException {
        // What is pinned may change hands with what is shared meanwhile: it counts if it is pinned before or after.
        long durable = wal.durablePosition();
        long inS3 = uploaded.getAsLong();
        long position = Math.min(Math.min(durable, inS3), logs.pinnedPosition());
        long lastCheckpoint = -1;
        for (SharedLog log : logs.shared()) {
            lastCheckpoint = Math.max(lastCheckpoint, flushAndCheckpoint(log));
        }
        long pinned = logs.pinnedPosition();
        position = Math.min(position, pinned);
        if (lastCheckpoint >= 0) {
            wal.awaitDurable(lastCheckpoint);
        }
        boolean nothingLeft = clean && pinned == Long.MAX_VALUE && inS3 >= durable;
        if (position > wal.trimPosition() || nothingLeft) {
            wal.trim(Math.max(position, wal.trimPosition()), nothingLeft);
        }
    }

    /** Makes all that was appended up to now durable in the local files; answers the checkpoint's block, or -1. */
    private static long flushAndCheckpoint(SharedLog state) {
        UnifiedLog log = state.requiredLog();
        Object lock = KafkaInternals.lock(log);
        long end;
        long unflushedFrom;
        int generation;
        synchronized (lock) {
            // An append that is in the WAL already, but not yet in the local file, is behind this lock.
            end = log.logEndOffset();
            unflushedFrom = state.flushing(end);
            generation = state.generation();
        }
        if (unflushedFrom < end) {
            flushFrom(log, unflushedFrom);
        }
        if (log.recoveryPoint() < end) {
            log.flush(false);
        }
        synchronized (lock) {
            state.flushed(generation);
            return state.isShared() ? state.checkpoint(log.logStartOffset(), log.logEndOffset()) : -1;
        }
    }

    private static void flushFrom(UnifiedLog log, long offset) {
        try {
            for (LogSegment segment : log.logSegments(offset, Long.MAX_VALUE)) {
                segment.flush();
            }
            Utils.flushDirIfExists(log.dir().toPath());
        } catch (IOException e) {
            throw SharedLogs.failed(log, "Flushing", e);
        }
    }

    /** Ends the thread; {@link #trim} may still be called. */
    void stop() throws InterruptedException {
        closing = true;
        LockSupport.unpark(thread);
        thread.join();
    }
}
