package io.aquifer.wal.append;

import io.aquifer.wal.layout.RecordHeader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Room for one record in the block that is being filled. Its life: fill {@link #payload}, {@link #commit} (or
 * {@link #abandon}), read the payload for as long as needed, {@link #release}.
 *
 * <p>Owned by the thread that claimed it. A block isn't written before all of its claims are committed, and its memory
 * isn't used again before all are released, so neither may be forgotten.
 */
public final class Claim {

    private final Block block;
    private final int offset;
    private final int payloadLength;
    private final DurableListener listener;

    @Nullable
    Claim next;

    Claim(Block block, int offset, int payloadLength, DurableListener listener) {
        this.block = block;
        this.offset = offset;
        this.payloadLength = payloadLength;
        this.listener = listener;
    }

    /** A fresh view of the record's payload in aligned memory. Valid until {@link #release}. */
    public ByteBuffer payload() {
        return block.buffer().slice(offset + RecordHeader.SIZE, payloadLength);
    }

    /** Number of the record's block, for {@link WriteAheadLog#awaitDurable}. */
    public long block() {
        return block.sequence();
    }

    /** The payload is complete: the record may be written. */
    public void commit() {
        block.commit(this);
        block.owner().wakeDriver();
    }

    /** The record is to say nothing; its listener hears nothing. Instead of {@link #commit}. */
    public void abandon() {
        RecordHeader.voidAt(block.buffer(), offset);
        block.commit(null);
        block.owner().wakeDriver();
    }

    /** The payload isn't read any more. */
    public void release() {
        block.release();
    }

    void durable() {
        listener.durable();
    }
}
