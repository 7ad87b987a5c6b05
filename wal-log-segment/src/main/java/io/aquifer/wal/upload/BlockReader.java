package io.aquifer.wal.upload;

import io.aquifer.wal.device.AlignedMemory;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.layout.BlockHeader;
import io.aquifer.wal.layout.CorruptWalException;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.layout.WalFormatException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads whole blocks back from the device, one at a time, and verifies them. The last one read is kept. */
final class BlockReader implements Closeable {

    private static final int INITIAL_BYTES = 1 << 20;

    private final BlockDevice device;
    private final Superblock superblock;
    private final AlignedMemory memory;
    private ByteBuffer buffer;
    private long read = -1;
    private boolean closed;

    BlockReader(BlockDevice device, Superblock superblock, AlignedMemory memory) throws IOException {
        this.device = device;
        this.superblock = superblock;
        this.memory = memory;
        this.buffer =
                memory.allocate(Math.max(superblock.blockSize(), Math.min(INITIAL_BYTES, superblock.maxBlockLength())));
    }

    /**
     * Uses the stored bytes of the block at {@code position}: all of it, or the first block-size bytes of padding.
     *
     * @throws CorruptWalException if it isn't there
     */
    synchronized <E extends Exception> void use(long position, HeldBlocks.Use<E> use) throws IOException, E {
        if (closed) {
            throw new IOException("the WAL is closed");
        }
        if (read != position) {
            read = -1;
            readBlock(position);
            read = position;
        }
        use.of(buffer.slice());
    }

    private void readBlock(long position) throws IOException {
        int blockSize = superblock.blockSize();
        long toRingEnd = superblock.ringSize() - position % superblock.ringSize();
        fill(position, blockSize);
        try {
            BlockHeader header = BlockHeader.readFrom(buffer, blockSize, toRingEnd);
            if (header.type() == BlockHeader.Type.DATA && header.length() > blockSize) {
                if (header.length() > superblock.maxBlockLength()) {
                    throw new CorruptWalException("a block of " + header.length() + " bytes, longer than any may be");
                }
                fill(position, header.length());
            }
            header.verify(buffer, blockSize);
            if (header.position() != position || !header.walId().equals(superblock.walId())) {
                throw new CorruptWalException(
                        "a block of WAL " + header.walId() + " for position " + header.position());
            }
        } catch (WalFormatException e) {
            CorruptWalException damaged =
                    new CorruptWalException("the block at position " + position + " of the WAL on "
                            + device.path() + ", which isn't in S3 yet, is damaged: " + e.getMessage()
                            + ". Restore the device from a copy, or give up the WAL by formatting it");
            damaged.initCause(e);
            throw damaged;
        }
    }

    private void fill(long position, int length) throws IOException {
        if (length > buffer.capacity()) {
            buffer = memory.allocate(superblock.maxBlockLength());
        }
        buffer.clear().limit(length);
        device.read(superblock.deviceOffset(position), buffer);
        buffer.flip();
    }

    /** Waits for whoever is reading; nothing is read any more then. */
    @Override
    public synchronized void close() throws IOException {
        closed = true;
        memory.close();
    }
}
