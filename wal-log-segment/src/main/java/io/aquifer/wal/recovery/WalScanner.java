package io.aquifer.wal.recovery;

import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.layout.BlockHeader;
import io.aquifer.wal.layout.BlockRecords;
import io.aquifer.wal.layout.CorruptWalException;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.layout.WalFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads a WAL from its trim position, block by block, until the first that isn't its continuation.
 *
 * <p>A block continues the WAL if it verifies, names this WAL and the position where it was found, and its epoch is
 * neither below that of the block before it nor above the superblock's; from where the superblock's epoch begins, it is
 * that one. Which is why nothing needs erasing: what an earlier turn of the ring left has another position, what an
 * earlier format left another WAL id, and what an earlier epoch left beyond its end another epoch. What lies beyond the end
 * was never acknowledged, for blocks complete in order.
 *
 * <p>Unless the end is damage. A block beyond it may prove that: it says up to where all was durable when it was completed,
 * which is below any hole that a crash leaves. Then the scan fails, for going by it would overwrite what was acknowledged.
 */
public final class WalScanner {

    /** How far beyond the end a proof of damage is looked for, in bytes: nothing longer than a block can be damaged at once. */
    private static final long LOOK_AHEAD = 2L * Superblock.MAX_BLOCK_LENGTH;

    private final BlockDevice device;
    private final Superblock superblock;
    private final ByteBuffer window;
    private long windowOffset;

    /**
     * @param buffer aligned for the device, large enough for any block of this WAL, see
     *     {@link Superblock#maxBlockLength}
     */
    public WalScanner(BlockDevice device, Superblock superblock, ByteBuffer buffer) {
        this.device = device;
        this.superblock = superblock;
        this.window = buffer;
        if (buffer.capacity() < superblock.maxBlockLength()) {
            throw new IllegalArgumentException("a buffer of " + buffer.capacity() + " bytes can't hold a block of "
                    + superblock.maxBlockLength() + " bytes");
        }
    }

    /**
     * Scans the whole WAL.
     *
     * @throws CorruptWalException if what was acknowledged is damaged
     * @throws IOException if the device can't be read, or from the visitor. That something doesn't verify isn't an error
     *     by itself: it is the end
     */
    public ScanResult scan(RecordVisitor visitor) throws IOException {
        long position = superblock.trimPosition();
        long limit = position + superblock.ringSize();
        long epoch = 0;
        long padding = 0;
        long blocks = 0;
        long records = 0;
        window.clear().limit(0);
        windowOffset = 0;
        while (position < limit) {
            BlockHeader header;
            try {
                header = readBlock(position, limit, epoch);
            } catch (WalFormatException e) {
                String reason = String.valueOf(e.getMessage());
                ensureUndamaged(position, limit, reason);
                return new ScanResult(position, padding, blocks, records, reason);
            }
            visitor.block(header);
            if (header.type() == BlockHeader.Type.DATA) {
                records += visitRecords(header, visitor);
                blocks++;
            } else {
                padding += header.length();
            }
            epoch = header.epoch();
            position += header.length();
        }
        return new ScanResult(position, padding, blocks, records, "the whole ring is in use");
    }

    /** Leaves the window's position at the block's start. */
    private BlockHeader readBlock(long position, long limit, long epoch) throws IOException {
        BlockHeader header = readHeader(position, limit);
        if (header.position() != position || !header.walId().equals(superblock.walId())) {
            throw new CorruptWalException("a block of WAL " + header.walId() + " for position " + header.position()
                    + " at position " + position);
        }
        long lowest = position < superblock.epochStart() ? epoch : superblock.epoch();
        if (header.epoch() < lowest || header.epoch() > superblock.epoch()) {
            throw new CorruptWalException("a block of epoch " + header.epoch() + " where one from " + lowest + " to "
                    + superblock.epoch() + " was expected");
        }
        verify(header, position, limit);
        return header;
    }

    private BlockHeader readHeader(long position, long limit) throws IOException {
        long room = room(position, limit);
        ensureWindow(superblock.deviceOffset(position), superblock.blockSize(), room);
        return BlockHeader.readFrom(window, superblock.blockSize(), room);
    }

    private void verify(BlockHeader header, long position, long limit) throws IOException {
        if (header.type() == BlockHeader.Type.DATA) {
            if (header.length() > superblock.maxBlockLength()) {
                throw new CorruptWalException("a block of " + header.length() + " bytes, longer than any may be");
            }
            ensureWindow(superblock.deviceOffset(position), header.length(), room(position, limit));
        }
        header.verify(window, superblock.blockSize());
    }

    private long room(long position, long limit) {
        return Math.min(limit - position, superblock.ringSize() - position % superblock.ringSize());
    }

    private void ensureUndamaged(long end, long limit, String reason) throws IOException {
        long until = Math.min(limit, end + LOOK_AHEAD);
        for (long position = end; position < until; position += superblock.blockSize()) {
            if (provesDurable(position, limit, end)) {
                throw new CorruptWalException(
                        "the WAL on " + device.path() + " is damaged at position " + end + " (" + reason
                                + "): a block at " + position
                                + " says that it was durable. What was acknowledged is lost from there on if the WAL"
                                + " is used; restore the device from a copy, or give up the WAL by formatting it");
            }
        }
    }

    /** Whether the block at {@code position}, of whichever turn of the ring, says that more than up to {@code end} was durable. */
    private boolean provesDurable(long position, long limit, long end) throws IOException {
        try {
            BlockHeader header = readHeader(position, limit);
            if (header.durableEnd() <= end || !header.walId().equals(superblock.walId())) {
                return false;
            }
            verify(header, position, limit);
            return true;
        } catch (WalFormatException e) {
            return false;
        }
    }

    /** Makes {@code length} bytes from {@code offset} of the device remain in the window. */
    private void ensureWindow(long offset, int length, long room) throws IOException {
        boolean inside = offset >= windowOffset && offset + length <= windowOffset + window.limit();
        if (!inside) {
            window.clear().limit((int) Math.min(window.capacity(), room));
            device.read(offset, window);
            window.flip();
            windowOffset = offset;
        }
        window.position((int) (offset - windowOffset));
    }

    private long visitRecords(BlockHeader header, RecordVisitor visitor) throws IOException {
        ByteBuffer block = window.slice(window.position(), header.length());
        BlockRecords records = new BlockRecords(header, block);
        while (records.next()) {
            visitor.record(header, records.offset(), records.header(), records.payload());
        }
        return header.recordCount();
    }
}
