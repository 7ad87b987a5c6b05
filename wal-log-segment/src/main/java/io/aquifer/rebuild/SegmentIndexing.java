package io.aquifer.rebuild;

import io.aquifer.format.BatchHeader;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.apache.kafka.storage.internals.log.AbortedTxn;

/**
 * The indexes that Kafka makes of a segment, made from the headers of its batches, in the order of their offsets.
 *
 * <p>Not thread-safe.
 */
final class SegmentIndexing {

    private static final int INTERVAL_BYTES = 4096;

    private final long baseOffset;
    private final ByteArrayOutputStream offsets = new ByteArrayOutputStream();
    private final ByteArrayOutputStream times = new ByteArrayOutputStream();
    private final ByteArrayOutputStream transactions = new ByteArrayOutputStream();
    private long length;
    private long lastIndexed;
    private long endOffset;
    private long maxTimestamp = -1;
    private long maxTimestampOffset;
    private long lastIndexedTimestamp = -1;

    SegmentIndexing(long baseOffset) {
        this.baseOffset = baseOffset;
        this.endOffset = baseOffset;
        this.maxTimestampOffset = baseOffset;
    }

    void add(BatchHeader batch) {
        if (batch.maxTimestamp() > maxTimestamp) {
            maxTimestamp = batch.maxTimestamp();
            maxTimestampOffset = batch.lastOffset();
        }
        if (length - lastIndexed > INTERVAL_BYTES) {
            ByteBuffer entry = ByteBuffer.allocate(2 * Integer.BYTES);
            write(offsets, entry.putInt(relative(batch.lastOffset())).putInt((int) length));
            indexTimestamp();
            lastIndexed = length;
        }
        length += batch.length();
        endOffset = batch.lastOffset() + 1;
    }

    void aborted(AbortedTxn transaction) {
        write(
                transactions,
                ByteBuffer.allocate(Short.BYTES + 4 * Long.BYTES)
                        .putShort(AbortedTxn.CURRENT_VERSION)
                        .putLong(transaction.producerId())
                        .putLong(transaction.firstOffset())
                        .putLong(transaction.lastOffset())
                        .putLong(transaction.lastStableOffset()));
    }

    private void indexTimestamp() {
        if (maxTimestamp > lastIndexedTimestamp) {
            ByteBuffer entry = ByteBuffer.allocate(Long.BYTES + Integer.BYTES);
            write(times, entry.putLong(maxTimestamp).putInt(relative(maxTimestampOffset)));
            lastIndexedTimestamp = maxTimestamp;
        }
    }

    private int relative(long offset) {
        return Math.toIntExact(offset - baseOffset);
    }

    private static void write(ByteArrayOutputStream target, ByteBuffer entry) {
        byte[] bytes = new byte[entry.flip().remaining()];
        entry.get(bytes);
        target.writeBytes(bytes);
    }

    long baseOffset() {
        return baseOffset;
    }

    /** The offset behind the last batch. */
    long endOffset() {
        return endOffset;
    }

    /** Bytes of all batches. */
    long length() {
        return length;
    }

    /** Or -1. */
    long maxTimestamp() {
        return maxTimestamp;
    }

    ByteBuffer offsetIndex() {
        return ByteBuffer.wrap(offsets.toByteArray());
    }

    /** Ends with the largest timestamp, so it is asked for once all batches are there. */
    ByteBuffer timeIndex() {
        indexTimestamp();
        return ByteBuffer.wrap(times.toByteArray());
    }

    boolean hasAborted() {
        return transactions.size() > 0;
    }

    ByteBuffer transactionIndex() {
        return ByteBuffer.wrap(transactions.toByteArray());
    }
}
