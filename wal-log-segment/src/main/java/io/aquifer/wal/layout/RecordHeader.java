package io.aquifer.wal.layout;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;

/**
 * The first bytes of a record in a block; the payload follows.
 *
 * <p>72 bytes, big-endian; a record begins at a multiple of 8 bytes from its block's start:
 *
 * <pre>
 * offset size
 *      0    4  length of the record in bytes, header and up to 7 bytes of padding included
 *      4    1  kind
 *      5    3  zero
 *      8   16  topic id
 *     24    4  partition
 *     28    4  leader epoch of the first batch, -1 if none
 *     32    8  incarnation of the log
 *     40    8  base offset
 *     48    8  last offset
 *     56    8  max timestamp in ms, -1 if none
 *     64    4  length of the payload in bytes
 *     68    4  zero
 * </pre>
 */
public record RecordHeader(
        RecordKind kind,
        LogId log,
        int leaderEpoch,
        long baseOffset,
        long lastOffset,
        long maxTimestamp,
        int payloadLength) {

    public static final int SIZE = 72;

    private static final int ALIGNMENT = 8;

    /** Bytes that a record with a payload of so many bytes takes in a block. */
    public static int recordLength(int payloadLength) {
        return Math.addExact(SIZE + ALIGNMENT - 1, payloadLength) & -ALIGNMENT;
    }

    /** Bytes that this record takes in a block. */
    public int recordLength() {
        return recordLength(payloadLength);
    }

    /** Writes this header at {@code offset} of a block, and zeros behind the payload's end. */
    public void writeTo(ByteBuffer block, int offset) {
        int length = recordLength();
        ByteBuffer buffer = block.slice(offset, length).order(ByteOrder.BIG_ENDIAN);
        buffer.putInt(0, length);
        buffer.putInt(4, kind.code() << 24);
        buffer.putLong(8, log.topicId().getMostSignificantBits());
        buffer.putLong(16, log.topicId().getLeastSignificantBits());
        buffer.putInt(24, log.partition());
        buffer.putInt(28, leaderEpoch);
        buffer.putLong(32, log.incarnation());
        buffer.putLong(40, baseOffset);
        buffer.putLong(48, lastOffset);
        buffer.putLong(56, maxTimestamp);
        buffer.putInt(64, payloadLength);
        buffer.putInt(68, 0);
        for (int i = SIZE + payloadLength; i < length; i++) {
            buffer.put(i, (byte) 0);
        }
    }

    /** Turns the record at {@code offset} of a block into one that says nothing. */
    public static void voidAt(ByteBuffer block, int offset) {
        block.put(offset + 4, RecordKind.VOID.code());
    }

    /**
     * Reads the header at {@code offset} of a block that verified.
     *
     * @param end where the block's records end
     * @throws CorruptWalException if the record doesn't lie within its block
     */
    public static RecordHeader readFrom(ByteBuffer block, int offset, int end) throws CorruptWalException {
        if (end - offset < SIZE) {
            throw new CorruptWalException(
                    "a record header at byte " + offset + " of a block whose records end at " + end);
        }
        ByteBuffer buffer = block.slice(offset, SIZE).order(ByteOrder.BIG_ENDIAN);
        int length = buffer.getInt(0);
        int payloadLength = buffer.getInt(64);
        if (payloadLength < 0
                || payloadLength > end - offset - SIZE
                || length != recordLength(payloadLength)
                || length > end - offset) {
            throw new CorruptWalException("a record of " + length + " bytes with a payload of " + payloadLength
                    + " at byte " + offset + " of a block whose records end at " + end);
        }
        UUID topicId = new UUID(buffer.getLong(8), buffer.getLong(16));
        return new RecordHeader(
                RecordKind.of(buffer.get(4)),
                new LogId(topicId, buffer.getInt(24), buffer.getLong(32)),
                buffer.getInt(28),
                buffer.getLong(40),
                buffer.getLong(48),
                buffer.getLong(56),
                payloadLength);
    }
}
