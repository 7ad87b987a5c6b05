package io.aquifer.log;

import io.aquifer.wal.recovery.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.zip.CRC32C;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.record.internal.FileLogInputStream.FileChannelRecordBatch;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.FileRecords.LogOffsetPosition;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the record batches of a log's local files in order of offsets.
 *
 * <p>Not thread-safe; the log must not change meanwhile.
 */
final class LocalBatches {

    private final Iterator<LogSegment> segments;
    private @Nullable FileRecords file;
    private @Nullable Iterator<FileChannelRecordBatch> batches;
    private @Nullable FileChannelRecordBatch current;
    private @Nullable FileRecords currentFile;

    /** Stands before the first batch that reaches {@code offset}, found by the index. */
    LocalBatches(UnifiedLog log, long offset) throws IOException {
        this.segments = log.logSegments(offset, Long.MAX_VALUE).iterator();
        if (segments.hasNext()) {
            LogSegment first = segments.next();
            LogOffsetPosition position = first.translateOffset(offset);
            if (position != null) {
                file = first.log();
                batches = file.batchesFrom(position.position).iterator();
            }
        }
        advance();
    }

    /** @throws CorruptRecordException if there is no batch where one should be */
    private void advance() throws IOException {
        while (batches == null || !batches.hasNext()) {
            if (!segments.hasNext()) {
                current = null;
                return;
            }
            file = segments.next().log();
            batches = file.batches().iterator();
        }
        current = batches.next();
        currentFile = file;
    }

    boolean atEnd() {
        return current == null;
    }

    /** Bytes of the next batch. */
    int size() {
        return required().sizeInBytes();
    }

    /**
     * Whether the next batches are, byte for byte, the record that the WAL keeps at {@code extent}; if so, they are
     * passed. A record of which not all counts is taken as different, and so is a damaged file.
     */
    boolean passIfEqual(Extent extent) throws IOException {
        try {
            return !extent.isCut() && passIfSameBytes(extent);
        } catch (CorruptRecordException e) {
            return false;
        }
    }

    private boolean passIfSameBytes(Extent extent) throws IOException {
        CRC32C crc = new CRC32C();
        long length = 0;
        while (current != null && current.baseOffset() <= extent.lastOffset()) {
            if (length == 0 && current.baseOffset() != extent.baseOffset()) {
                return false;
            }
            length += current.sizeInBytes();
            if (current.lastOffset() > extent.lastOffset() || length > extent.length()) {
                return false;
            }
            crc.update(bytes());
            advance();
        }
        return length == extent.length() && (int) crc.getValue() == extent.checksum();
    }

    /** Passes the batches that follow each other from {@code offset} on; answers where the last of them ends. */
    long passContiguous(long offset) throws IOException {
        long end = offset;
        while (current != null && current.baseOffset() <= end) {
            end = current.nextOffset();
            advance();
        }
        return end;
    }

    /** The bytes of the next batch, which is passed. */
    ByteBuffer next() throws IOException {
        ByteBuffer bytes = bytes();
        advance();
        return bytes;
    }

    private ByteBuffer bytes() throws IOException {
        FileChannelRecordBatch batch = required();
        ByteBuffer bytes = ByteBuffer.allocate(batch.sizeInBytes());
        FileRecords records = currentFile;
        if (records == null) {
            throw new IllegalStateException("no file");
        }
        records.readInto(bytes, batch.position());
        return bytes;
    }

    private FileChannelRecordBatch required() {
        FileChannelRecordBatch batch = current;
        if (batch == null) {
            throw new IllegalStateException("behind the last batch");
        }
        return batch;
    }
}
