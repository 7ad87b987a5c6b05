package io.aquifer.cli;

import io.aquifer.wal.device.AlignedMemory;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.layout.NotAWalException;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.layout.WalFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is in one of the two places for a superblock.
 *
 * @param superblock null if there is none that can be read
 * @param problem null if there is one, else what is there instead
 */
record SuperblockSlot(
        int number,
        @Nullable Superblock superblock,
        @Nullable WalFormatException problem) {

    /** Both of a device. */
    static List<SuperblockSlot> read(BlockDevice device) throws IOException {
        try (AlignedMemory memory = AlignedMemory.system()) {
            ByteBuffer buffer = memory.allocate((int) Superblock.RING_OFFSET);
            device.read(0, buffer);
            List<SuperblockSlot> slots = new ArrayList<>();
            for (int number = 0; number < 2; number++) {
                slots.add(read(number, buffer.position(number * Superblock.SIZE), device.path()));
            }
            return slots;
        }
    }

    private static SuperblockSlot read(int number, ByteBuffer buffer, String path) {
        try {
            return new SuperblockSlot(number, Superblock.readFrom(buffer, "slot " + number + " of " + path), null);
        } catch (WalFormatException e) {
            return new SuperblockSlot(number, null, e);
        }
    }

    /** True if a superblock is or was there: it may be damaged, or of a newer version. */
    boolean marked() {
        return !(problem instanceof NotAWalException);
    }
}
