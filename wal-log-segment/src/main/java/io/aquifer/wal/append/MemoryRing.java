package io.aquifer.wal.append;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A fixed piece of aligned memory, handed out in order and taken back in order, like the ring on the device.
 *
 * <p>Not thread-safe: guarded by the lock of the {@link WriteAheadLog}. An extent never crosses the end of the memory;
 * what is left in front of the end is wasted until the extent behind it is freed.
 */
final class MemoryRing {

    private final ByteBuffer memory;
    private final int alignment;
    private final ArrayDeque<Extent> extents = new ArrayDeque<>();
    private int tail;

    /** @param memory aligned to {@code alignment}, its capacity a multiple of it */
    MemoryRing(ByteBuffer memory, int alignment) {
        this.memory = memory;
        this.alignment = alignment;
    }

    /** A contiguous piece of the memory. */
    static final class Extent {
        private final int start;
        private int end;
        private boolean freed;

        private Extent(int start, int end) {
            this.start = start;
            this.end = end;
        }
    }

    int capacity() {
        return memory.capacity();
    }

    /**
     * The next extent, of at least {@code min} and at most {@code max} bytes, both multiples of the alignment.
     *
     * @return null if there is no such room now
     */
    @Nullable
    Extent allocate(int min, int max) {
        Extent oldest = extents.peekFirst();
        if (oldest == null) {
            tail = 0;
            return min <= capacity() ? add(0, Math.min(max, capacity())) : null;
        }
        if (tail > oldest.start) {
            if (capacity() - tail >= min) {
                return add(tail, Math.min(max, capacity() - tail));
            }
            return oldest.start >= min ? add(0, Math.min(max, oldest.start)) : null;
        }
        int room = oldest.start - tail;
        return room >= min ? add(tail, Math.min(max, room)) : null;
    }

    private Extent add(int start, int length) {
        Extent extent = new Extent(start, start + length);
        extents.addLast(extent);
        tail = extent.end;
        return extent;
    }

    /** The memory of an extent, from its start on. */
    ByteBuffer slice(Extent extent) {
        return memory.slice(extent.start, extent.end - extent.start);
    }

    /** Gives back the unused end of the newest extent. */
    void shrink(Extent newest, int length) {
        if (extents.peekLast() != newest
                || length <= 0
                || length > newest.end - newest.start
                || length % alignment != 0) {
            throw new IllegalStateException("can't shrink to " + length + " bytes");
        }
        newest.end = newest.start + length;
        tail = newest.end;
    }

    /** Gives back the newest extent as if it had never been allocated. */
    void discard(Extent newest) {
        if (extents.peekLast() != newest) {
            throw new IllegalStateException("can't discard what isn't the newest");
        }
        extents.removeLast();
        Extent before = extents.peekLast();
        tail = before == null ? 0 : before.end;
    }

    /**
     * Gives back an extent. Its memory is used again once everything older is given back too.
     *
     * @return bytes that can be used again from now on
     */
    int free(Extent extent) {
        if (extent.freed) {
            throw new IllegalStateException("memory freed twice");
        }
        extent.freed = true;
        int reusable = 0;
        Extent oldest = extents.peekFirst();
        while (oldest != null && oldest.freed) {
            extents.removeFirst();
            reusable += oldest.end - oldest.start;
            oldest = extents.peekFirst();
        }
        return reusable;
    }
}
