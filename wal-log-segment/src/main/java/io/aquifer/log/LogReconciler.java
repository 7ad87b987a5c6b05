package io.aquifer.log;

import io.aquifer.rebuild.CleanedOffsets;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.layout.CorruptWalException;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.recovery.Extent;
import io.aquifer.wal.recovery.ExtentReader;
import io.aquifer.wal.recovery.RecoveredLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a log that Kafka has just loaded from its local files and what the WAL holds of it together.
 *
 * <p>Where both hold an offset and disagree, the WAL wins. What the WAL holds beyond the local end is appended through
 * Kafka's own follower append, which rebuilds indexes, leader epochs and producer state on the way. A local end beyond
 * the WAL's is never cut, for it may have been acknowledged elsewhere: it is logged into the WAL before the log opens.
 */
final class LogReconciler {

    private static final Logger LOG = LoggerFactory.getLogger(LogReconciler.class);
    private static final int TAIL_RECORD_BYTES = 64 << 10;

    private final BlockDevice device;
    private final Superblock superblock;
    private final WalAppender wal;
    private final CleanedOffsets cleaned = new CleanedOffsets();

    LogReconciler(BlockDevice device, Superblock superblock, WalAppender wal) {
        this.device = device;
        this.superblock = superblock;
        this.wal = wal;
    }

    /**
     * Reconciles {@code log}, which isn't shared yet, with {@code recovered}. When it returns, all of the log is durable.
     *
     * @param notRebuilt why the log couldn't be rebuilt, or null if that wasn't tried
     * @throws WalGapException if offsets are missing between the two
     * @throws IOException if the local files are damaged below what the WAL holds
     */
    void reconcile(UnifiedLog log, RecoveredLog recovered, @Nullable String notRebuilt) throws IOException {
        try {
            bringTogether(log, recovered, notRebuilt);
        } catch (CorruptRecordException e) {
            throw new IOException(
                    "The local files of " + log.topicPartition() + " in " + log.dir() + " are damaged where the WAL on "
                            + device.path() + " doesn't hold the records any more: " + e.getMessage()
                            + " Restore the directory, or remove it if its records can be lost.",
                    e);
        }
    }

    /**
     * Appends to the WAL what of a log that came from another broker's WAL no segment object holds. It is durable once what is
     * appended next is.
     *
     * @param stored what segment objects hold, as the incarnation that the log gets
     * @param end behind the last offset
     * @throws IOException if Kafka didn't load all of it, or the WAL doesn't take it
     */
    void adopt(UnifiedLog log, RecoveredLog stored, long end) throws IOException {
        if (log.logEndOffset() != end) {
            throw new IOException("Kafka loaded " + log.topicPartition() + " from " + log.dir() + " up to offset "
                    + log.logEndOffset() + ", it was made ready up to offset " + end
                    + ". Restart the broker, which makes it anew");
        }
        if (end > stored.endOffset()) {
            logTail(log, stored);
        }
        ProducerSnapshots.complete(log);
    }

    private void bringTogether(UnifiedLog log, RecoveredLog recovered, @Nullable String notRebuilt) throws IOException {
        long loaded = log.logEndOffset();
        cutDisagreement(log, recovered.extents());
        long agreed = log.logEndOffset();
        List<Extent> missing = recovered.extents().stream()
                .filter(extent -> extent.end() > agreed)
                .toList();
        checkGap(log, recovered, missing, notRebuilt);
        if (!log.remoteLogEnabled()) {
            cleaned.forgetBeyond(log.parentDirFile(), log.topicPartition(), agreed);
        }
        replay(log, recovered.id(), missing);
        cutHole(log, recovered.endOffset());
        long logged = makeTailDurable(log, recovered);
        ProducerSnapshots.complete(log);
        if (loaded != agreed || !missing.isEmpty() || logged > 0) {
            LOG.info(
                    "Reconciled {} with the WAL: loaded up to offset {}, agreed up to {}, appended {} records of the WAL, "
                            + "logged {} bytes into the WAL; the log ends at {}",
                    log.topicPartition(),
                    loaded,
                    agreed,
                    missing.size(),
                    logged,
                    log.logEndOffset());
        }
    }

    private static void cutDisagreement(UnifiedLog log, List<Extent> extents) throws IOException {
        long start = comparedFrom(log);
        List<Extent> present = extents.stream()
                .filter(extent -> extent.baseOffset() >= start && extent.baseOffset() < log.logEndOffset())
                .toList();
        if (present.isEmpty()) {
            return;
        }
        LocalBatches local = new LocalBatches(log, present.get(0).baseOffset());
        for (Extent extent : present) {
            if (!local.passIfEqual(extent)) {
                LOG.warn(
                        "The local files of {} differ from the WAL from offset {} on; the WAL's records replace them",
                        log.topicPartition(),
                        extent.baseOffset());
                log.truncateTo(extent.baseOffset());
                return;
            }
        }
    }

    /**
     * From where on the local files have to have what the WAL has. Of a log that Kafka cleans they need not where they were
     * flushed: cleaning begins only then, and what it removes isn't to come back.
     */
    private static long comparedFrom(UnifiedLog log) {
        return log.remoteLogEnabled()
                ? log.localLogStartOffset()
                : Math.max(log.localLogStartOffset(), log.recoveryPoint());
    }

    private void checkGap(UnifiedLog log, RecoveredLog recovered, List<Extent> missing, @Nullable String notRebuilt)
            throws WalGapException {
        long end = log.logEndOffset();
        long next = missing.isEmpty() ? recovered.endOffset() : missing.get(0).baseOffset();
        if (next > end) {
            throw new WalGapException("The local log of " + log.topicPartition() + " in " + log.dir()
                    + " ends at offset "
                    + end + ", the WAL on " + device.path() + " goes on at offset " + next + ": offsets " + end + " to "
                    + (next - 1)
                    + " were flushed to the local files, and are missing there now. "
                    + (notRebuilt == null
                            ? "Restore the directory, or format the WAL anew if these and all records that only the WAL"
                                    + " holds can be lost."
                            : "The log couldn't be rebuilt from S3: " + notRebuilt
                                    + ". Restore the directory, or delete the topic."));
        }
    }

    private void replay(UnifiedLog log, LogId id, List<Extent> missing) throws IOException {
        if (missing.isEmpty()) {
            return;
        }
        Extent first = missing.get(0);
        if (first.baseOffset() < log.logEndOffset()
                && log.size() == 0
                && !log.leaderEpochCache().nonEmpty()) {
            log.truncateFullyAndStartAt(first.baseOffset(), Optional.of(log.logStartOffset()));
        }
        try (ExtentReader reader = new ExtentReader(device, superblock)) {
            for (Extent extent : missing) {
                ByteBuffer batches = between(reader.read(id, extent), log.logEndOffset(), extent.end());
                if (batches.remaining() > log.config().segmentSize()) {
                    appendBatchwise(log, batches);
                } else if (batches.hasRemaining()) {
                    append(log, MemoryRecords.readableRecords(batches));
                }
            }
        }
    }

    /** The batches that begin at {@code start} or behind it and end before {@code end}. */
    private static ByteBuffer between(ByteBuffer payload, long start, long end) {
        int from = 0;
        int to = 0;
        for (RecordBatch batch :
                MemoryRecords.readableRecords(payload.duplicate()).batches()) {
            if (batch.lastOffset() >= end) {
                break;
            }
            to += batch.sizeInBytes();
            if (batch.baseOffset() < start) {
                from = to;
            }
        }
        return payload.slice(payload.position() + from, to - from);
    }

    private static void appendBatchwise(UnifiedLog log, ByteBuffer payload) throws IOException {
        for (RecordBatch batch :
                MemoryRecords.readableRecords(payload.duplicate()).batches()) {
            append(log, MemoryRecords.readableRecords(payload.slice(payload.position(), batch.sizeInBytes())));
            payload.position(payload.position() + batch.sizeInBytes());
        }
    }

    private static void append(UnifiedLog log, MemoryRecords records) throws IOException {
        int epoch = 0;
        for (RecordBatch batch : records.batches()) {
            epoch = Math.max(epoch, batch.partitionLeaderEpoch());
        }
        LogAppendInfo appended = log.appendAsFollower(records, epoch);
        if (appended.validBytes() != records.sizeInBytes()) {
            throw new CorruptWalException("Of " + records.sizeInBytes() + " bytes of batches of " + log.topicPartition()
                    + " that the WAL holds, Kafka accepted " + appended.validBytes() + ", up to offset "
                    + log.logEndOffset());
        }
    }

    /**
     * Cuts off what lies behind a hole in the local files beyond {@code walEnd}. A loss of power may take the end of a
     * segment and leave the next one, which Kafka keeps where it finds the former's index missing too. None of it was
     * acknowledged, here because the WAL doesn't hold it, elsewhere because of the hole.
     */
    private static void cutHole(UnifiedLog log, long walEnd) throws IOException {
        if (log.logEndOffset() <= walEnd) {
            return;
        }
        long contiguousEnd = new LocalBatches(log, walEnd).passContiguous(walEnd);
        if (contiguousEnd < log.logEndOffset()) {
            LOG.warn(
                    "The local files of {} hold nothing from offset {} on that continues what is in front of it; what was "
                            + "behind, up to offset {}, was never acknowledged and is cut off",
                    log.topicPartition(),
                    contiguousEnd,
                    log.logEndOffset());
            log.truncateTo(contiguousEnd);
        }
    }

    /**
     * Logs what lies beyond the WAL's end into the WAL; where that is too full, which it may be before all logs are open
     * and it can be trimmed, makes the local files durable. Answers how many bytes it logged.
     */
    private long makeTailDurable(UnifiedLog log, RecoveredLog recovered) throws IOException {
        if (log.logEndOffset() <= recovered.endOffset()) {
            return 0;
        }
        try {
            long logged = logTail(log, recovered);
            wal.awaitLogged();
            return logged;
        } catch (NotEnoughReplicasException | RecordTooLargeException e) {
            LOG.warn(
                    "The WAL has no room for what only the local files of {} hold, from offset {} to {}: flushing them",
                    log.topicPartition(),
                    recovered.endOffset(),
                    log.logEndOffset(),
                    e);
            log.flush(true);
            return 0;
        }
    }

    private long logTail(UnifiedLog log, RecoveredLog recovered) throws IOException {
        long bytes = 0;
        LocalBatches local = new LocalBatches(log, recovered.endOffset());
        while (!local.atEnd()) {
            ByteArrayOutputStream record = new ByteArrayOutputStream();
            do {
                record.writeBytes(local.next().array());
            } while (!local.atEnd() && record.size() + local.size() <= TAIL_RECORD_BYTES);
            wal.log(
                    recovered.id(),
                    log.topicPartition(),
                    MemoryRecords.readableRecords(ByteBuffer.wrap(record.toByteArray())));
            bytes += record.size();
        }
        return bytes;
    }
}
