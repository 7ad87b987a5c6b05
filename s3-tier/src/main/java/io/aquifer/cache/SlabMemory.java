package io.aquifer.cache;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bounded amount of memory outside the heap, in slabs that hold one chunk each, allocated when first needed and used over
 * and over. A slab is cut in halves, and those again, for the short chunks at the ends of objects; halves that are both free
 * become one again.
 */
final class SlabMemory {

    private static final Logger LOG = LoggerFactory.getLogger(SlabMemory.class);

    private static final int SMALLEST_PIECE = 4 << 10;

    private final int slabBytes;
    private final IntFunction<ByteBuffer> system;
    private final List<Set<Piece>> freeByCuts = new ArrayList<>();
    private int slabs;
    private int maxSlabs;
    private long usedBytes;

    /**
     * @param slabBytes a power of two, at least {@link #SMALLEST_PIECE}
     * @param maxSlabs above 0
     * @param system gives new memory of a size in bytes
     */
    SlabMemory(int slabBytes, int maxSlabs, IntFunction<ByteBuffer> system) {
        this.slabBytes = slabBytes;
        this.system = system;
        this.maxSlabs = maxSlabs;
        for (int bytes = slabBytes; bytes >= SMALLEST_PIECE; bytes /= 2) {
            freeByCuts.add(new LinkedHashSet<>());
        }
    }

    /** A slab, or what was cut from one. */
    static final class Piece {
        private final ByteBuffer memory;
        private final int cuts;
        private final @Nullable Piece whole;
        private @Nullable Piece otherHalf;
        private boolean taken;

        private Piece(ByteBuffer memory, int cuts, @Nullable Piece whole) {
            this.memory = memory;
            this.cuts = cuts;
            this.whole = whole;
        }

        int bytes() {
            return memory.capacity();
        }

        /** The first {@code length} bytes. */
        ByteBuffer buffer(int length) {
            return memory.slice(0, length);
        }
    }

    /**
     * The smallest piece that holds {@code bytes}.
     *
     * @param bytes from 1 to the size of a slab
     * @return null if there is none now
     */
    synchronized @Nullable Piece take(int bytes) {
        int cuts = cutsFor(bytes);
        Piece piece = smallestFree(cuts);
        if (piece == null) {
            piece = newSlab();
        }
        if (piece == null) {
            return null;
        }
        while (piece.cuts < cuts) {
            piece = cut(piece);
        }
        piece.taken = true;
        usedBytes += piece.bytes();
        return piece;
    }

    synchronized void giveBack(Piece piece) {
        if (!piece.taken) {
            throw new IllegalStateException("memory given back twice");
        }
        piece.taken = false;
        usedBytes -= piece.bytes();
        Piece free = piece;
        while (free.whole != null
                && free.otherHalf != null
                && freeByCuts.get(free.cuts).remove(free.otherHalf)) {
            free = free.whole;
        }
        freeByCuts.get(free.cuts).add(free);
    }

    /** Bytes of the pieces that are taken. */
    synchronized long usedBytes() {
        return usedBytes;
    }

    /** Bytes got from the system, which are not given back while this is in use. */
    synchronized long allocatedBytes() {
        return (long) slabs * slabBytes;
    }

    private int cutsFor(int bytes) {
        int cuts = 0;
        while (cuts + 1 < freeByCuts.size() && slabBytes >> (cuts + 1) >= bytes) {
            cuts++;
        }
        return cuts;
    }

    private @Nullable Piece smallestFree(int mostCuts) {
        for (int cuts = mostCuts; cuts >= 0; cuts--) {
            Iterator<Piece> free = freeByCuts.get(cuts).iterator();
            if (free.hasNext()) {
                Piece piece = free.next();
                free.remove();
                return piece;
            }
        }
        return null;
    }

    /** The first half; the second one is free from now on. */
    private Piece cut(Piece whole) {
        int half = whole.bytes() / 2;
        Piece first = new Piece(whole.memory.slice(0, half), whole.cuts + 1, whole);
        Piece second = new Piece(whole.memory.slice(half, half), whole.cuts + 1, whole);
        first.otherHalf = second;
        second.otherHalf = first;
        freeByCuts.get(second.cuts).add(second);
        return first;
    }

    private @Nullable Piece newSlab() {
        if (slabs == maxSlabs) {
            return null;
        }
        try {
            Piece slab = new Piece(system.apply(slabBytes), 0, null);
            slabs++;
            return slab;
        } catch (OutOfMemoryError e) {
            // each further attempt would make the JVM collect garbage for up to half a second
            maxSlabs = slabs;
            LOG.warn(
                    "The chunk cache makes do with {} bytes: the JVM has no more memory outside the heap. Lower the cache's"
                            + " memory or raise -XX:MaxDirectMemorySize.",
                    allocatedBytes(),
                    e);
            return null;
        }
    }
}
