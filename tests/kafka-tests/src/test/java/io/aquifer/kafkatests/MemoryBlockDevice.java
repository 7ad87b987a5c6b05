package io.aquifer.kafkatests;

import io.aquifer.wal.device.BlockDevice;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A device in memory, of which only what was written takes any. */
final class MemoryBlockDevice implements BlockDevice {

    private static final int BLOCK_SIZE = 4096;

    private final long size;
    private final Map<Long, byte[]> blocks = new ConcurrentHashMap<>();

    MemoryBlockDevice(long size) {
        this.size = size;
    }

    @Override
    public String path() {
        return "memory";
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int blockSize() {
        return BLOCK_SIZE;
    }

    @Override
    public void write(long position, ByteBuffer source) {
        for (long at = position; source.hasRemaining(); at += BLOCK_SIZE) {
            byte[] block = new byte[BLOCK_SIZE];
            source.get(block);
            blocks.put(at, block);
        }
    }

    @Override
    public void read(long position, ByteBuffer target) {
        byte[] empty = new byte[BLOCK_SIZE];
        for (long at = position; target.hasRemaining(); at += BLOCK_SIZE) {
            target.put(blocks.getOrDefault(at, empty));
        }
    }

    @Override
    public boolean writesAreDurable() {
        return true;
    }

    @Override
    public boolean writesFlush() {
        return false;
    }

    @Override
    public void sync() {}

    @Override
    public void close() {
        blocks.clear();
    }
}
