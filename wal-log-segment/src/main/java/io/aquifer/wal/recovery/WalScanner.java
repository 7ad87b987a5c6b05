package io.aquifer.wal.recovery;

import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.layout.BlockHeader;
import io.aquifer.wal.layout.CorruptWalException;
import io.aquifer.wal.layout.RecordHeader;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.layout.WalFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads a WAL from its trim position, block by block, until the first that isn't its continuation.
 *
 * <p>A block continues the WAL if it verifies, names this WAL and the position where it was found, and its epoch is
 * neither below that of the block before it nor above the superblock's. Which is why nothing needs erasing: what an
 * earlier turn of the ring left has another position, what an earlier format left another WAL id, and a block that
 * landed beyond the hole where its epoch ended is behind blocks of a later epoch. What lies beyond the end was never
 * acknowledged, for blocks complete in order.
 */
public final class WalScanner {

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
     * @throws IOException if the device can't be read, or from the visitor. What doesn't verify isn't an error: it is
     *     the end
     */
    public ScanResult scan(RecordVisitor visitor) throws IOException {
        long position = superblock.trimPosition();
        long limit = position + superblock.ringSize();
        long epoch = 0;
        long blocks = 0;
        long records = 0;
        window.clear().limit(0);
        windowOffset = 0;
        while (position < limit) {
            BlockHeader header;
            try {
                header = readBlock(position, Math.min(limit - position, toRingEnd(position)), epoch);
            } catch (WalFormatException e) {
                return new ScanResult(position, blocks, records, String.valueOf(e.getMessage()));
            }
            visitor.block(header);
            if (header.type() == BlockHeader.Type.DATA) {
                records += visitRecords(header, visitor);
                blocks++;
            }
            epoch = header.epoch();
            position += header.length();
        }
        return new ScanResult(position, blocks, records, "the whole ring is in use");
    }

    private long toRingEnd(long position) {
        return superblock.ringSize() - position % superblock.ringSize();
    }

    /** Leaves the window's position at the block's start. */
    private BlockHeader readBlock(long position, long maxLength, long epoch) throws IOException {
        long offset = superblock.deviceOffset(position);
        int blockSize = superblock.blockSize();
        ensureWindow(offset, blockSize, maxLength);
        BlockHeader header = BlockHeader.readFrom(window, blockSize, maxLength);
        if (header.position() != position || !header.walId().equals(superblock.walId())) {
            throw new CorruptWalException("a block of WAL " + header.walId() + " for position " + header.position()
                    + " at position " + position);
        }
        if (header.epoch() < epoch || header.epoch() > superblock.epoch()) {
            throw new CorruptWalException("a block of epoch " + header.epoch() + " where one from " + epoch + " to "
                    + superblock.epoch() + " was expected");
        }
        if (header.type() == BlockHeader.Type.DATA) {
            if (header.length() > superblock.maxBlockLength()) {
                throw new CorruptWalException("a block of " + header.length() + " bytes, longer than any may be");
            }
            ensureWindow(offset, header.length(), maxLength);
        }
        header.verify(window, blockSize);
        return header;
    }

    /** Makes {@code length} bytes from {@code offset} of the device remain in the window. */
    private void ensureWindow(long offset, int length, long maxLength) throws IOException {
        boolean inside = offset >= windowOffset && offset + length <= windowOffset + window.limit();
        if (!inside) {
            window.clear().limit((int) Math.min(window.capacity(), maxLength));
            device.read(offset, window);
            window.flip();
            windowOffset = offset;
        }
        window.position((int) (offset - windowOffset));
    }

    private long visitRecords(BlockHeader header, RecordVisitor visitor) throws IOException {
        ByteBuffer block = window.slice(window.position(), header.length());
        int offset = BlockHeader.SIZE;
        int end = BlockHeader.SIZE + header.bodyLength();
        long records = 0;
        while (offset < end) {
            RecordHeader record = RecordHeader.readFrom(block, offset, end);
            visitor.record(header, offset, record, block.slice(offset + RecordHeader.SIZE, record.payloadLength()));
            offset += record.recordLength();
            records++;
        }
        if (records != header.recordCount()) {
            throw new CorruptWalException("block at position " + header.position() + " verifies and says it has "
                    + header.recordCount() + " records, but has " + records);
        }
        return records;
    }
}
