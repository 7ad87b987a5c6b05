package io.aquifer.wal.device;

import java.nio.ByteBuffer;

/** What every {@link BlockDevice} demands of a range, apart from the address of the buffer. */
public final class BlockRange {

    private BlockRange() {}

    /**
     * Checks a range before a transfer.
     *
     * @throws IllegalArgumentException unless {@code buffer} is direct and what remains of it is whole blocks inside the
     *     device
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
        if (position < 0 || position > device.size() - length) {
            throw new IllegalArgumentException(length + " bytes at " + position + " aren't all inside " + device.path()
                    + ", which has " + device.size() + " bytes");
        }
    }
}
