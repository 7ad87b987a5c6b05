package io.aquifer.format;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A record batch of Kafka's message format 2 for tests. Its records are bytes that follow from its offsets.
 *
 * @param attributes as in the header
 * @param bodyLength of the records, in bytes
 */
public record TestBatch(
        long baseOffset,
        long lastOffset,
        int leaderEpoch,
        int attributes,
        long maxTimestamp,
        long producerId,
        int baseSequence,
        int bodyLength) {

    private static final int HEADER = 61;
    private static final int TRANSACTIONAL = 0x10;
    private static final int CONTROL = 0x20;

    /** A batch of a producer that isn't idempotent. */
    public static TestBatch plain(long baseOffset, long lastOffset, int bodyLength) {
        return new TestBatch(baseOffset, lastOffset, 5, 0, 1_000 + lastOffset, -1, -1, bodyLength);
    }

    /** A batch of an open transaction. */
    public static TestBatch transactional(long baseOffset, long lastOffset, int bodyLength) {
        return new TestBatch(baseOffset, lastOffset, 5, TRANSACTIONAL, 1_000 + lastOffset, 77, 40, bodyLength);
    }

    /** The end of a transaction. */
    public static TestBatch marker(long offset) {
        return new TestBatch(offset, offset, 5, TRANSACTIONAL | CONTROL, 1_000 + offset, 77, -1, 16);
    }

    public boolean isControl() {
        return (attributes & CONTROL) != 0;
    }

    public int length() {
        return HEADER + bodyLength;
    }

    /** Ready to be read from position 0. */
    public ByteBuffer bytes() {
        ByteBuffer buffer = ByteBuffer.allocate(length());
        buffer.putLong(baseOffset)
                .putInt(length() - 12)
                .putInt(leaderEpoch)
                .put((byte) 2)
                .putInt(0);
        buffer.putShort((short) attributes).putInt((int) (lastOffset - baseOffset));
        buffer.putLong(maxTimestamp - 1).putLong(maxTimestamp);
        buffer.putLong(producerId).putShort((short) (producerId < 0 ? -1 : 3)).putInt(baseSequence);
        buffer.putInt((int) (lastOffset - baseOffset) + 1);
        for (int i = 0; i < bodyLength; i++) {
            buffer.put((byte) (baseOffset * 31 + i * 7L));
        }
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(21, length() - 21));
        return buffer.putInt(17, (int) crc.getValue()).flip();
    }

    /** Batches one behind the other. */
    public static ByteBuffer bytes(TestBatch... batches) {
        int length = 0;
        for (TestBatch batch : batches) {
            length += batch.length();
        }
        ByteBuffer buffer = ByteBuffer.allocate(length);
        for (TestBatch batch : batches) {
            buffer.put(batch.bytes());
        }
        return buffer.flip();
    }
}
