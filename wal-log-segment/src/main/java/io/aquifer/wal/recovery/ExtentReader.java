package io.aquifer.wal.recovery;

import io.aquifer.wal.device.AlignedMemory;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.layout.CorruptWalException;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.RecordHeader;
import io.aquifer.wal.layout.Superblock;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads records back from the device, of which a scan has said where they are.
 *
 * <p>The record's header is read once more and compared: a device that answers differently than a moment ago is
 * noticed. Not thread-safe.
 */
public final class ExtentReader implements Closeable {

    private static final int INITIAL_BYTES = 1 << 20;

    private final BlockDevice device;
    private final Superblock superblock;
    private final AlignedMemory memory;
    private ByteBuffer buffer;

    public ExtentReader(BlockDevice device, Superblock superblock) throws IOException {
        this.device = device;
        this.superblock = superblock;
        this.memory = AlignedMemory.system();
        this.buffer = memory.allocate(INITIAL_BYTES);
    }

    /**
     * The payload of a record.
     *
     * @return a heap buffer of its own
     * @throws CorruptWalException if another record is there now
     */
    public ByteBuffer read(LogId log, Extent extent) throws IOException {
        int blockSize = superblock.blockSize();
        int from = extent.payload() - RecordHeader.SIZE;
        int start = from / blockSize * blockSize;
        int end = Math.addExact(extent.payload() + extent.length(), blockSize - 1) / blockSize * blockSize;
        if (end - start > buffer.capacity()) {
            buffer = memory.allocate(superblock.maxBlockLength());
        }
        buffer.clear().limit(end - start);
        device.read(superblock.deviceOffset(extent.block()) + start, buffer);
        buffer.flip();
        RecordHeader found = RecordHeader.readFrom(buffer, from - start, end - start);
        if (!found.log().equals(log)
                || found.baseOffset() != extent.baseOffset()
                || found.lastOffset() != extent.lastOffset()
                || found.payloadLength() != extent.length()) {
            throw new CorruptWalException("block " + extent.block() + " of the WAL on " + device.path()
                    + " held offsets " + extent.baseOffset() + " to " + extent.lastOffset() + " of " + log
                    + " when it was scanned, and now holds " + found);
        }
        ByteBuffer payload = ByteBuffer.allocate(extent.length());
        payload.put(buffer.slice(from - start + RecordHeader.SIZE, extent.length()));
        return payload.flip();
    }

    @Override
    public void close() throws IOException {
        memory.close();
    }
}
