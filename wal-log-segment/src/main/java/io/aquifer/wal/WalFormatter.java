package io.aquifer.wal;

import io.aquifer.wal.device.AlignedMemory;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.layout.SuperblockSlots;
import java.io.IOException;
import java.util.List;
import java.util.UUID;

/** Makes an empty WAL out of a device. Whether that may be done is its caller's question. */
public final class WalFormatter {

    /** The smallest device that holds a WAL, in bytes. */
    public static final long MIN_SIZE = 16L << 20;

    private static final int MIN_BLOCK_SIZE = 4096;

    private WalFormatter() {}

    /**
     * Erases both superblocks, and then writes them: if it is cut off, there is an empty WAL or none, not the earlier one
     * with an old superblock. Blocks that an earlier WAL left stay where they are: they name another WAL id.
     *
     * @throws IllegalArgumentException if the device is smaller than {@link #MIN_SIZE}
     */
    public static Superblock format(BlockDevice device, AlignedMemory memory, WalOwner owner) throws IOException {
        return format(device, memory, owner, 0);
    }

    /**
     * As above.
     *
     * @param epoch above every epoch that an earlier WAL of this broker had, or 0 for the first
     */
    public static Superblock format(BlockDevice device, AlignedMemory memory, WalOwner owner, long epoch)
            throws IOException {
        if (device.size() < MIN_SIZE) {
            throw new IllegalArgumentException(
                    device.path() + " has " + device.size() + " bytes, a WAL needs " + MIN_SIZE + " at least");
        }
        int blockSize = Math.max(MIN_BLOCK_SIZE, device.blockSize());
        long ring = (device.size() - Superblock.RING_OFFSET) / blockSize * blockSize;
        Superblock first = new Superblock(
                0,
                UUID.randomUUID(),
                epoch,
                blockSize,
                owner.nodeId(),
                Superblock.RING_OFFSET + ring,
                0,
                0,
                true,
                owner.clusterId(),
                List.of());
        SuperblockSlots slots = new SuperblockSlots(device, memory.allocate(Superblock.SIZE));
        Superblock second = first.trimmed(0, true);
        slots.erase();
        slots.write(first);
        slots.write(second);
        return second;
    }
}
