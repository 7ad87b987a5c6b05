package io.aquifer.wal.device;

import java.nio.ByteBuffer;

/** What every {@link BlockDevice} demands of a range and of the buffer that goes with it. */
public final class BlockRange {

    private BlockRange() {}

    /**
     * Checks a range before a transfer.
     *
     * @throws IllegalArgumentException unless {@code buffer} is direct, its first remaining byte lies at a whole block of
     *     memory, and {@code position} and what remains of it are whole blocks inside the device
     */
    public static void check(BlockDevice device, long position, ByteBuffer buffer) {
        int length = buffer.remaining();
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException(
                    "A buffer on the heap can't go to " + device.path() + ": use a direct one");
        }
        if (position % device.blockSize() != 0 || length % device.blockSize() != 0) {
            throw new IllegalArgumentException(length + " bytes at " + position + " aren't whole blocks of "
                    + device.path() + ", which has blocks of " + device.blockSize() + " bytes");
        }
        if (buffer.alignmentOffset(buffer.position(), device.blockSize()) != 0) {
            throw new IllegalArgumentException("The address of the buffer's first remaining byte is no multiple of "
                    + device.blockSize() + ", the block size of " + device.path());
        }
        if (position < 0 || position > device.size() - length) {
            throw new IllegalArgumentException(length + " bytes at " + position + " aren't all inside " + device.path()
                    + ", which has " + device.size() + " bytes");
        }
    }
}
