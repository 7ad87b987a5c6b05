package io.aquifer.wal.device;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory for direct I/O: its own pages of the operating system, outside the Java heap and outside {@code
 * -XX:MaxDirectMemorySize}, counted, and given back all at once by {@link #close()}.
 *
 * <p>Meant for a fixed pool: slabs are allocated at start, used over and over, and released at the end. Only this
 * memory is safe under direct I/O while the process forks.
 *
 * <p>After {@link #close()} every buffer it gave is void, and touching one, or a view of one, kills the process: close it
 * after the last user. A device write that hangs doesn't keep it from being closed, for the kernel holds on to the pages.
 */
public final class AlignedMemory implements Closeable {

    /** Alignment of every slab in bytes, and the unit that sizes are rounded up to. */
    public static final int ALIGNMENT = 4096;

    private final NativeIo io;
    private final List<Slab> slabs = new ArrayList<>();
    private long allocatedBytes;

    public AlignedMemory(NativeIo io) {
        this.io = io;
    }

    /** Memory of this system. */
    public static AlignedMemory system() {
        return new AlignedMemory(new JnaNativeIo());
    }

    /**
     * A new slab, zero-filled and resident, as a direct big-endian buffer that begins at a multiple of {@link
     * #ALIGNMENT}.
     *
     * @param size in bytes, above 0; what is allocated is this rounded up to {@link #ALIGNMENT}
     * @throws IOException when the system has no memory left to give
     */
    public synchronized ByteBuffer allocate(int size) throws IOException {
        if (size <= 0) {
            throw new IllegalArgumentException("A slab must have a size above 0 bytes, not " + size);
        }
        long length = (size + ALIGNMENT - 1L) / ALIGNMENT * ALIGNMENT;
        long address = io.map(length);
        if (address < 0) {
            throw new IOException("The system refused " + length + " bytes of memory for the WAL, with "
                    + allocatedBytes + " bytes allocated before ("
                    + Errno.describe((int) -address)
                    + "). Lower the WAL's memory, or raise the limits of the process or its control group.");
        }
        slabs.add(new Slab(address, length));
        allocatedBytes += length;
        return io.view(address, size);
    }

    /** Bytes that are allocated now. */
    public synchronized long allocatedBytes() {
        return allocatedBytes;
    }

    @Override
    public synchronized void close() throws IOException {
        IOException failure = null;
        for (Slab slab : slabs) {
            int result = io.unmap(slab.address, slab.length);
            if (result < 0 && failure == null) {
                failure = new IOException("The WAL's memory was not given back: " + Errno.describe(-result));
            }
        }
        slabs.clear();
        allocatedBytes = 0;
        if (failure != null) {
            throw failure;
        }
    }

    private record Slab(long address, long length) {}
}
