package io.aquifer.wal.device;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * A raw block device, or a file whose blocks are all allocated, under direct I/O. Opened by {@link BlockDevices}.
 *
 * <p>Writes and syncs of several threads go to the kernel at the same time.
 */
public final class DirectBlockDevice implements BlockDevice {

    private final NativeIo io;
    private final DirectFile file;
    private final String path;
    private final long size;
    private final int blockSize;
    private final boolean raw;
    private final boolean writable;
    private final Durability durability;

    DirectBlockDevice(
            NativeIo io,
            int fd,
            String path,
            long size,
            int blockSize,
            boolean raw,
            boolean writable,
            Durability durability) {
        this.io = io;
        this.file =
                new DirectFile(io, fd, path, blockSize, durability == Durability.AIO ? new AioWrites(io, path) : null);
        this.path = path;
        this.size = size;
        this.blockSize = blockSize;
        this.raw = raw;
        this.writable = writable;
        this.durability = durability;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int blockSize() {
        return blockSize;
    }

    /** True for a block device, false for a regular file. */
    public boolean raw() {
        return raw;
    }

    /** How writes become durable here. */
    public Durability durability() {
        return durability;
    }

    @Override
    public boolean writesAreDurable() {
        return durability.writesAreDurable();
    }

    @Override
    public boolean writesFlush() {
        return durability.writesFlush();
    }

    @Override
    public void write(long position, ByteBuffer source) throws IOException {
        if (!writable) {
            throw new IllegalStateException(path + " was opened for reading only");
        }
        long address = checkedAddress(position, source);
        try {
            file.write(address, source.remaining(), position);
        } finally {
            Reference.reachabilityFence(source);
        }
        source.position(source.limit());
    }

    @Override
    public void read(long position, ByteBuffer target) throws IOException {
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("A read-only buffer can't be read into");
        }
        long address = checkedAddress(position, target);
        try {
            file.read(address, target.remaining(), position);
        } finally {
            Reference.reachabilityFence(target);
        }
        target.position(target.limit());
    }

    @Override
    public void sync() throws IOException {
        file.sync();
    }

    @Override
    public void close() {
        file.close();
    }

    @Override
    public String toString() {
        return path + " (" + (raw ? "block device" : "file") + " of " + size + " bytes in blocks of " + blockSize + ", "
                + durability + ")";
    }

    private long checkedAddress(long position, ByteBuffer buffer) {
        BlockRange.check(this, position, buffer);
        return io.address(buffer) + buffer.position();
    }
}
