package io.aquifer.wal.device;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A fixed-size array of blocks that is read and written past every cache of the operating system.
 *
 * <p>Positions and lengths are in bytes and are multiples of {@link #blockSize()}; buffers are direct, and the
 * address of their first remaining byte is a multiple of it too. A violation is an {@link IllegalArgumentException}
 * and reaches no device. All methods may be called by several threads at once; two writes that overlap and are in
 * flight together leave either's bytes.
 */
public interface BlockDevice extends Closeable {

    /** What the operator calls this device, for messages. */
    String path();

    /** Size in bytes, asked of the device when it was opened, a multiple of {@link #blockSize()}. */
    long size();

    /** Unit of alignment in bytes, a power of two. */
    int blockSize();

    /**
     * Writes all that remains in {@code source} at {@code position}. When it returns, the bytes are in the device, and
     * durable if {@link #writesAreDurable()} or once a later {@link #sync()} returns; the position of {@code source} is
     * then its limit.
     *
     * @throws IOException if any of the bytes may not have been written. The position of {@code source} is as it was
     */
    void write(long position, ByteBuffer source) throws IOException;

    /**
     * Fills all that remains of {@code target} from {@code position}; the position of {@code target} is then its limit.
     *
     * @throws IOException if any of the bytes could not be read. The position of {@code target} is as it was, what it
     *     holds is undefined
     */
    void read(long position, ByteBuffer target) throws IOException;

    /**
     * True when a write that has returned is durable, so that no {@link #sync()} need follow it; with a reservation where
     * {@link #writesFlush()}.
     *
     * <p>It says nothing about a write that hasn't returned. One that was cut off, as by the death of the process, may be
     * found by a later read although it isn't durable: who reads what another process wrote calls {@link #sync()} before
     * relying on it.
     */
    boolean writesAreDurable();

    /**
     * True when a write becomes durable by flushing a cache that the bytes of other writes are in, too. One that fails may
     * then take along any that overlapped it, even one that has returned or will return without an error: a write is
     * certain to be durable only when all have returned without an error that were under way when it returned itself.
     */
    boolean writesFlush();

    /**
     * Makes every byte durable that was in the device before this call began: of every write that returned, of this
     * process or an earlier one, and of whatever part of an unreturned one a read could have found.
     *
     * @throws IOException if any of them may not be durable. A later success says nothing about them
     */
    void sync() throws IOException;
}
