package io.aquifer.wal.layout;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;

/**
 * The first bytes of a block: one group commit, or the explicit padding in front of the ring's end.
 *
 * <p>64 bytes, big-endian:
 *
 * <pre>
 * offset size
 *      0    4  magic "AQBK"
 *      4    2  version, 1
 *      6    1  type: 1 data, 2 padding
 *      7    1  zero
 *      8    4  CRC32C, this field taken as zero: of the whole block if data, of its first block-size bytes if padding
 *     12    4  length of the block in bytes, header and padding included, a multiple of the block size
 *     16    4  length of the records in bytes; 0 if padding
 *     20    4  number of records; 0 if padding
 *     24    8  epoch in which it was written
 *     32    8  position in the WAL
 *     40   16  WAL id
 *     56    8  durable end: all below this position was durable when this block was completed
 * </pre>
 *
 * Records follow at {@link #SIZE}, one behind the other; zeros fill the rest.
 *
 * @param bodyLength bytes of all records
 * @param durableEnd evidence for recovery: where a block below it doesn't verify, that is damage to what was acknowledged,
 *     not the end of the WAL
 */
public record BlockHeader(
        Type type,
        int length,
        int bodyLength,
        int recordCount,
        long epoch,
        long position,
        UUID walId,
        long durableEnd) {

    public static final int SIZE = 64;
    public static final int VERSION = 1;

    private static final int MAGIC = 0x4151424B;
    private static final int CRC_OFFSET = 8;

    /** What a block holds. */
    public enum Type {
        DATA(1),
        PADDING(2);

        private final byte code;

        Type(int code) {
            this.code = (byte) code;
        }
    }

    /** How many bytes from the block's start the checksum covers. */
    private int checkedLength(int blockSize) {
        return type == Type.DATA ? length : blockSize;
    }

    /** Writes this header in front of a block whose other bytes are final, and its checksum. */
    public void writeTo(ByteBuffer block, int blockSize) {
        ByteBuffer buffer =
                block.slice(block.position(), checkedLength(blockSize)).order(ByteOrder.BIG_ENDIAN);
        buffer.putInt(0, MAGIC);
        buffer.putShort(4, (short) VERSION);
        buffer.put(6, type.code);
        buffer.put(7, (byte) 0);
        buffer.putInt(12, length);
        buffer.putInt(16, bodyLength);
        buffer.putInt(20, recordCount);
        buffer.putLong(24, epoch);
        buffer.putLong(32, position);
        buffer.putLong(40, walId.getMostSignificantBits());
        buffer.putLong(48, walId.getLeastSignificantBits());
        buffer.putLong(56, durableEnd);
        buffer.putInt(CRC_OFFSET, Checksum.compute(buffer, checkedLength(blockSize), CRC_OFFSET));
    }

    /**
     * Reads the header at the buffer's position, which is left alone. Nothing in it may be trusted before
     * {@link #verify} agreed, but its length is within the given bounds.
     *
     * @param maxLength bytes to the ring's end, or less where blocks are known to be shorter
     * @throws NotAWalException if there is no block
     * @throws UnsupportedWalVersionException if a newer version wrote it
     * @throws CorruptWalException if a length is impossible
     */
    public static BlockHeader readFrom(ByteBuffer source, int blockSize, long maxLength) throws WalFormatException {
        ByteBuffer buffer = source.slice(source.position(), SIZE).order(ByteOrder.BIG_ENDIAN);
        if (buffer.getInt(0) != MAGIC) {
            throw new NotAWalException(
                    "magic " + Integer.toHexString(buffer.getInt(0)) + " where a block was expected");
        }
        int version = Short.toUnsignedInt(buffer.getShort(4));
        if (version != VERSION) {
            throw new UnsupportedWalVersionException(
                    "a block of version " + version + ", this Aquifer reads version " + VERSION);
        }
        Type type =
                switch (buffer.get(6)) {
                    case 1 -> Type.DATA;
                    case 2 -> Type.PADDING;
                    default -> throw new CorruptWalException("a block of type " + buffer.get(6));
                };
        int length = buffer.getInt(12);
        int bodyLength = buffer.getInt(16);
        int recordCount = buffer.getInt(20);
        if (length < blockSize || length % blockSize != 0 || length > maxLength) {
            throw new CorruptWalException("a block of " + length + " bytes where it may have a multiple of " + blockSize
                    + " up to " + maxLength);
        }
        if (bodyLength < 0 || bodyLength > length - SIZE || recordCount < 0 || recordCount > bodyLength) {
            throw new CorruptWalException(recordCount + " records of " + bodyLength + " bytes in a block of " + length);
        }
        return new BlockHeader(
                type,
                length,
                bodyLength,
                recordCount,
                buffer.getLong(24),
                buffer.getLong(32),
                new UUID(buffer.getLong(40), buffer.getLong(48)),
                buffer.getLong(56));
    }

    /**
     * Checks the block at the buffer's position against its checksum.
     *
     * @param source is to hold the whole block if data, its first block-size bytes if padding
     * @throws CorruptWalException if it doesn't, or the checksum differs
     */
    public void verify(ByteBuffer source, int blockSize) throws CorruptWalException {
        int checked = checkedLength(blockSize);
        if (checked > source.remaining()) {
            throw new CorruptWalException(
                    "a block of " + checked + " bytes, of which " + source.remaining() + " are here");
        }
        ByteBuffer buffer = source.slice(source.position(), checked).order(ByteOrder.BIG_ENDIAN);
        int expected = Checksum.compute(buffer, checked, CRC_OFFSET);
        int found = buffer.getInt(CRC_OFFSET);
        if (found != expected) {
            throw new CorruptWalException(String.format("checksum %08x, the bytes give %08x", found, expected));
        }
    }
}
