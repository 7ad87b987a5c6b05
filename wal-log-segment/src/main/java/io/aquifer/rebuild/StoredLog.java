package io.aquifer.rebuild;

import io.aquifer.format.BatchHeader;
import io.aquifer.format.LogIncarnation;
import io.aquifer.format.WalEntry;
import io.aquifer.format.WalObjectName;
import io.aquifer.wal.layout.CheckpointPayload;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.recovery.RecoveredLog;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What WAL objects hold of one log, once every entry was applied in the order of the WAL: the same rules as for the records of
 * the WAL itself, down to single batches.
 *
 * <p>Not thread-safe: complete before it is handed out, then only read.
 */
final class StoredLog {

    private final List<StoredBatch> batches = new ArrayList<>();
    private @Nullable CheckpointPayload description;
    private long logStartOffset;
    private long endOffset;
    private boolean deleted;

    void apply(WalObjectName object, WalEntry entry) {
        if (deleted) {
            return;
        }
        switch (entry.kind()) {
            case DATA -> {
                cutFrom(entry.baseOffset());
                for (BatchHeader batch : entry.batches()) {
                    batches.add(new StoredBatch(object, batch));
                }
                endOffset = entry.lastOffset() + 1;
            }
            case TRUNCATE -> {
                cutFrom(entry.baseOffset());
                endOffset = Math.min(endOffset, entry.baseOffset());
                logStartOffset = Math.min(logStartOffset, entry.baseOffset());
            }
            case RESTART -> {
                batches.clear();
                endOffset = entry.baseOffset();
                logStartOffset = Math.min(logStartOffset, entry.baseOffset());
            }
            case LOG_START -> logStartOffset = entry.baseOffset();
            case DELETE -> {
                batches.clear();
                deleted = true;
            }
            case CHECKPOINT -> {
                cutFrom(entry.lastOffset() + 1);
                logStartOffset = entry.baseOffset();
                endOffset = entry.lastOffset() + 1;
                description = CheckpointPayload.of(entry.excerpt());
            }
        }
    }

    private void cutFrom(long offset) {
        int last = batches.size() - 1;
        while (last >= 0 && batches.get(last).endOffset() > offset) {
            batches.remove(last);
            last--;
        }
    }

    /** Batches in the order of their offsets, up to the last that ends at {@code end} or before. */
    List<StoredBatch> upTo(long end) {
        return batches.stream().takeWhile(batch -> batch.endOffset() <= end).toList();
    }

    /** What the last checkpoint said, null if there is none. */
    @Nullable
    CheckpointPayload description() {
        return description;
    }

    long logStartOffset() {
        return logStartOffset;
    }

    /** The log as its last checkpoint and what follows know it, or null if it is gone or there is no checkpoint. */
    @Nullable
    RecoveredLog known(LogIncarnation log) {
        return description == null || deleted
                ? null
                : RecoveredLog.known(
                        new LogId(log.topicId(), log.partition(), log.incarnation()),
                        description,
                        logStartOffset,
                        endOffset);
    }

    /** The offset behind the last one that is stored. */
    long endOffset() {
        return endOffset;
    }

    /** True if the log is gone, or no longer kept by this broker. */
    boolean deleted() {
        return deleted;
    }

    /** Largest timestamp of the last batch in ms, or nothing when no batch is left. */
    OptionalLong lastTimestamp() {
        return batches.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(batches.get(batches.size() - 1).header().maxTimestamp());
    }
}
