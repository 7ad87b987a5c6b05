package io.aquifer.wal.layout;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The records of a data block that verified, one after the other. Not thread-safe. */
public final class BlockRecords {

    private final BlockHeader block;
    private final ByteBuffer bytes;
    private final int end;
    private int next = BlockHeader.SIZE;
    private int offset;
    private int count;
    private @Nullable RecordHeader header;

    /** @param bytes of the whole block, from the buffer's beginning */
    public BlockRecords(BlockHeader block, ByteBuffer bytes) {
        this.block = block;
        this.bytes = bytes;
        this.end = BlockHeader.SIZE + block.bodyLength();
    }

    /**
     * Goes on to the next record.
     *
     * @return false if there is none
     * @throws CorruptWalException if the block's records aren't those that its header says
     */
    public boolean next() throws CorruptWalException {
        if (next >= end) {
            if (count != block.recordCount()) {
                throw new CorruptWalException("block at position " + block.position() + " verifies and says it has "
                        + block.recordCount() + " records, but has " + count);
            }
            return false;
        }
        RecordHeader record = RecordHeader.readFrom(bytes, next, end);
        header = record;
        offset = next;
        next += record.recordLength();
        count++;
        return true;
    }

    /** Header of the record that {@link #next} went to. */
    public RecordHeader header() {
        if (header == null) {
            throw new IllegalStateException("before the first record");
        }
        return header;
    }

    /** Where the record begins in its block, in bytes. */
    public int offset() {
        return offset;
    }

    /** Payload of the record: a part of the block's buffer. */
    public ByteBuffer payload() {
        return bytes.slice(offset + RecordHeader.SIZE, header().payloadLength());
    }
}
