package io.aquifer.wal.upload;

import io.aquifer.wal.layout.CorruptWalException;
import java.io.IOException;

/** The durable blocks of a WAL, wherever they are: from memory while they are held, else from the device. */
final class BlockSource {

    private final HeldBlocks held;
    private final BlockReader device;

    BlockSource(HeldBlocks held, BlockReader device) {
        this.held = held;
        this.device = device;
    }

    /**
     * Uses the stored bytes of the block at {@code position}.
     *
     * @throws CorruptWalException if it had to be read from the device, and isn't there
     * @throws IOException if it couldn't be read
     */
    <E extends Exception> void use(long position, HeldBlocks.Use<E> use) throws IOException, E {
        if (!held.use(position, use)) {
            device.use(position, use);
        }
    }

    /** What lies below {@code position} is in S3, and not wanted any more. */
    void uploaded(long position) {
        held.uploaded(position);
    }
}
