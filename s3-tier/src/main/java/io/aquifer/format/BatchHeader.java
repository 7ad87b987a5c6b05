package io.aquifer.format;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The header of a record batch, and all of it when it is a control batch: enough for offset, time and transaction indexes,
 * leader epochs and producer state.
 *
 * <p>61 bytes, big-endian, as Kafka's message format 2 has them. The records follow:
 *
 * <pre>
 * offset size
 *      0    8  base offset
 *      8    4  length of what follows this field
 *     12    4  leader epoch
 *     16    1  magic, 2
 *     17    4  CRC32C of all from the attributes to the batch's end
 *     21    2  attributes: bit 4 set when transactional, bit 5 when a control batch
 *     23    4  last offset, less the base offset
 *     27    8  base timestamp, ms
 *     35    8  largest timestamp, ms
 *     43    8  producer id, or -1
 *     51    2  producer epoch, or -1
 *     53    4  sequence number of the first record, or -1
 *     57    4  number of records
 * </pre>
 *
 * @see <a href="https://kafka.apache.org/documentation/#recordbatch">Kafka's record batch</a>
 */
public final class BatchHeader {

    /** Bytes of a header. */
    static final int SIZE = 61;

    private static final int LENGTH_OFFSET = 8;
    private static final int MAGIC_OFFSET = 16;
    private static final int CRC_OFFSET = 17;
    private static final int ATTRIBUTES_OFFSET = 21;
    private static final int FRAME_SIZE = LENGTH_OFFSET + Integer.BYTES;
    private static final byte MAGIC = 2;
    private static final int TRANSACTIONAL = 1 << 4;
    private static final int CONTROL = 1 << 5;

    private final int position;
    private final ByteBuffer bytes;

    private BatchHeader(int position, ByteBuffer bytes) {
        this.position = position;
        this.bytes = bytes;
    }

    /**
     * Reads the header at the buffer's position, which is moved behind it, or behind the whole batch if it is a control batch.
     *
     * @param position of the batch in the object
     * @param room bytes from there to where its record's payload ends
     * @throws IllegalArgumentException if no batch of that payload begins so
     */
    static BatchHeader readFrom(ByteBuffer source, int position, int room) {
        if (source.remaining() < SIZE) {
            throw new IllegalArgumentException(
                    source.remaining() + " bytes of a batch at position " + position + ", less than a header");
        }
        int start = source.position();
        int following = source.getInt(start + LENGTH_OFFSET);
        byte magic = source.get(start + MAGIC_OFFSET);
        if (following < SIZE - FRAME_SIZE || following > room - FRAME_SIZE || magic != MAGIC) {
            throw new IllegalArgumentException("a batch of magic " + magic + " and length " + following
                    + " at position " + position + ", where " + room + " bytes are left");
        }
        boolean control = (source.getShort(start + ATTRIBUTES_OFFSET) & CONTROL) != 0;
        int held = control ? FRAME_SIZE + following : SIZE;
        if (held > source.remaining()) {
            throw new IllegalArgumentException(
                    source.remaining() + " of " + held + " bytes of a control batch at position " + position);
        }
        BatchHeader header = new BatchHeader(position, source.slice(start, held));
        if (header.baseOffset() < 0 || header.lastOffset() < header.baseOffset()) {
            throw new IllegalArgumentException("a batch at position " + position + " with offsets "
                    + header.baseOffset() + " to " + header.lastOffset());
        }
        source.position(start + held);
        return header;
    }

    /** Where the batch begins in the object. */
    public int position() {
        return position;
    }

    /** Of the whole batch, in bytes. */
    public int length() {
        return FRAME_SIZE + bytes.getInt(LENGTH_OFFSET);
    }

    public long baseOffset() {
        return bytes.getLong(0);
    }

    public long lastOffset() {
        return baseOffset() + bytes.getInt(23);
    }

    public int leaderEpoch() {
        return bytes.getInt(12);
    }

    /** Of its records, in ms, or -1. */
    public long maxTimestamp() {
        return bytes.getLong(35);
    }

    /** Or -1 if the producer isn't idempotent. */
    public long producerId() {
        return bytes.getLong(43);
    }

    /** Or -1 if the producer isn't idempotent. */
    public short producerEpoch() {
        return bytes.getShort(51);
    }

    /** Sequence number of the first record, or -1 if the producer isn't idempotent. */
    public int baseSequence() {
        return bytes.getInt(53);
    }

    public boolean isTransactional() {
        return (bytes.getShort(ATTRIBUTES_OFFSET) & TRANSACTIONAL) != 0;
    }

    /** Whether it ends a transaction, or says something else that isn't for consumers. */
    public boolean isControl() {
        return (bytes.getShort(ATTRIBUTES_OFFSET) & CONTROL) != 0;
    }

    /** CRC32C of the whole batch: its own covers all but what is in front of its attributes. */
    int wholeChecksum() {
        return Checksum.joined(
                Checksum.of(bytes, 0, ATTRIBUTES_OFFSET), bytes.getInt(CRC_OFFSET), length() - ATTRIBUTES_OFFSET);
    }

    /** What is held of the batch: the header, or all of it if it is a control batch. Read-only. */
    public ByteBuffer bytes() {
        return bytes.asReadOnlyBuffer();
    }

    /**
     * Makes sure that the batch is the one that has this header, and whole.
     *
     * @param batch all that remains, {@link #length} bytes. It is left alone
     * @throws IllegalArgumentException if it isn't
     */
    void requireWhole(ByteBuffer batch) {
        CRC32C crc = new CRC32C();
        crc.update(batch.slice(batch.position() + ATTRIBUTES_OFFSET, batch.remaining() - ATTRIBUTES_OFFSET));
        int expected = bytes.getInt(CRC_OFFSET);
        if ((int) crc.getValue() != expected) {
            throw new IllegalArgumentException(String.format(
                    "the batch of offsets %d to %d at position %d gives checksum %08x where its header has %08x",
                    baseOffset(), lastOffset(), position, (int) crc.getValue(), expected));
        }
        if (!batch.slice(batch.position(), SIZE).equals(bytes.slice(0, SIZE))) {
            throw new IllegalArgumentException("the batch at position " + position + " isn't the one of offsets "
                    + baseOffset() + " to " + lastOffset() + " that belongs there");
        }
    }
}
