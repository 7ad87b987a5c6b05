package io.aquifer.wal.recovery;

import io.aquifer.wal.layout.CheckpointPayload;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.RecordHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What the untrimmed WAL holds of one log, once every record was applied in order.
 *
 * <p>Not thread-safe: complete before it is handed out, then only read.
 */
public final class RecoveredLog {

    private final LogId id;
    private final long firstPosition;
    private final List<Extent> extents = new ArrayList<>();
    private @Nullable CheckpointPayload description;
    private long logStartOffset = -1;
    private long endOffset = -1;
    private boolean deleted;

    RecoveredLog(LogId id, long firstPosition) {
        this.id = id;
        this.firstPosition = firstPosition;
    }

    /**
     * A log of which nothing but a checkpoint is in a WAL, as far as it is known.
     *
     * @param endOffset behind the last offset
     */
    public static RecoveredLog known(LogId id, CheckpointPayload description, long logStartOffset, long endOffset) {
        RecoveredLog log = new RecoveredLog(id, Long.MAX_VALUE);
        log.description = description;
        log.logStartOffset = logStartOffset;
        log.endOffset = endOffset;
        return log;
    }

    public LogId id() {
        return id;
    }

    /** Position of the oldest block with a record of this log, or {@link Long#MAX_VALUE} if there is none. */
    public long firstPosition() {
        return firstPosition;
    }

    /** Name of the topic when the last checkpoint was written, null if none is left. */
    public @Nullable String topic() {
        return description == null ? null : description.topic();
    }

    /** What the last checkpoint said, of a log that has one. */
    public CheckpointPayload requiredDescription() {
        return Objects.requireNonNull(description, "the log has no checkpoint");
    }

    /** Whether the last checkpoint said that all of the log is to be on the local disk. */
    public boolean untiered() {
        return description != null && description.untiered();
    }

    /** Where the log starts, or -1 if the WAL doesn't say. */
    public long logStartOffset() {
        return logStartOffset;
    }

    /** Where the log ends: the offset behind the last one that was in the WAL. */
    public long endOffset() {
        return endOffset;
    }

    /** True if the log is gone, or no longer kept here; then there are no extents. */
    public boolean deleted() {
        return deleted;
    }

    /** Data records in order of offsets. They may begin above the log's start: the rest was trimmed. */
    public List<Extent> extents() {
        return Collections.unmodifiableList(extents);
    }

    /** Up to where the log has to be there without the WAL, which goes on from this offset, or ends there. */
    public long resumesAt() {
        return extents.isEmpty() ? endOffset : extents.get(0).baseOffset();
    }

    /** Bytes of all extents, with what was cut off of them. */
    public long bytes() {
        return extents.stream().mapToLong(Extent::length).sum();
    }

    void apply(RecordHeader record, long block, int payload, ByteBuffer bytes) {
        if (deleted) {
            return;
        }
        long offset = record.baseOffset();
        switch (record.kind()) {
            case VOID -> {}
            case DATA -> {
                cutFrom(offset);
                long end = record.lastOffset() + 1;
                extents.add(new Extent(
                        offset,
                        record.lastOffset(),
                        end,
                        record.leaderEpoch(),
                        block,
                        payload,
                        record.payloadLength(),
                        checksum(bytes)));
                endOffset = end;
            }
            case TRUNCATE -> {
                cutFrom(offset);
                endOffset = endOffset < 0 ? offset : Math.min(endOffset, offset);
                logStartOffset = Math.min(logStartOffset, offset);
            }
            case RESTART -> {
                extents.clear();
                endOffset = offset;
                logStartOffset = Math.min(logStartOffset, offset);
            }
            case LOG_START -> logStartOffset = offset;
            case DELETE -> {
                extents.clear();
                deleted = true;
            }
            case CHECKPOINT -> {
                cutFrom(record.lastOffset() + 1);
                logStartOffset = offset;
                endOffset = record.lastOffset() + 1;
                description = CheckpointPayload.of(bytes);
            }
        }
    }

    private static int checksum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }

    /** A record of several batches, as a follower's append is, may be cut in the middle: its beginning still counts. */
    private void cutFrom(long offset) {
        int last = extents.size() - 1;
        while (last >= 0 && extents.get(last).baseOffset() >= offset) {
            extents.remove(last);
            last--;
        }
        if (last >= 0 && extents.get(last).end() > offset) {
            extents.set(last, extents.get(last).cutAt(offset));
        }
    }
}
