package io.aquifer.cache;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How one reader goes through an object, stream after stream, and the chunks that are held for it until it comes to them.
 *
 * <p>While it goes from each chunk to the next, twice as many are asked for ahead each time, up to its share; when it goes
 * elsewhere, none are. Moved by the reader's thread; any thread may take chunks away from it.
 */
final class ReadAhead {

    private static final long NOWHERE = -1;

    private final CachedObject object;
    private final ReadAheads all;
    private final TreeMap<Long, Chunk> held = new TreeMap<>();
    private long at = NOWHERE;
    private int window;

    ReadAhead(CachedObject object, ReadAheads all) {
        this.object = object;
        this.all = all;
    }

    /** Where the reader was last. Null before it was anywhere. */
    synchronized @Nullable ChunkId at() {
        return at == NOWHERE ? null : new ChunkId(object.key(), at);
    }

    /**
     * The reader has come to chunk {@code index}, which it holds itself.
     *
     * @param last chunk that it may go to
     */
    synchronized void movedTo(long index, long last) {
        if (at != NOWHERE && index == at + 1) {
            setWindow(Math.max(1, window * 2));
        } else if (index == at - 1) {
            // the next of a row of streams begins a little before the end of the one before
            release(held.tailMap(at + window, false));
        } else if (index != at) {
            setWindow(0);
            releaseAll();
        }
        at = index;
        release(held.headMap(index, true));
        setWindow(Math.min(window, all.share()));
        fill(last);
    }

    /** Takes over the caller's hold of a chunk that the reader is likely to come back to. */
    synchronized void keep(Chunk chunk) {
        Chunk before = held.put(chunk.id().index(), chunk);
        if (before != null) {
            before.release();
        }
        all.mayBeTaken();
    }

    /** Lets go of the chunk that the reader would come to last. False if it holds none. */
    synchronized boolean yieldFarthest() {
        Map.Entry<Long, Chunk> farthest = held.pollLastEntry();
        if (farthest == null) {
            return false;
        }
        setWindow(window / 2);
        farthest.getValue().release();
        return true;
    }

    /** Lets go of everything: nobody goes on here. */
    synchronized void drop() {
        setWindow(0);
        releaseAll();
    }

    private void fill(long last) {
        long end = Math.min(last, at + window);
        for (long index = at + 1; index <= end; index++) {
            if (!held.containsKey(index)) {
                Chunk chunk = all.fetch(object, index);
                if (chunk == null) {
                    return;
                }
                held.put(index, chunk);
                all.mayBeTaken();
            }
        }
    }

    private void releaseAll() {
        release(held);
    }

    private static void release(Map<Long, Chunk> chunks) {
        chunks.values().forEach(Chunk::release);
        chunks.clear();
    }

    private void setWindow(int chunks) {
        if (window == 0 && chunks > 0) {
            all.oneMoreReader();
        } else if (window > 0 && chunks == 0) {
            all.oneReaderLess();
        }
        window = chunks;
    }
}
