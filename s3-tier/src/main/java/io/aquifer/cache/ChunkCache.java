package io.aquifer.cache;

import io.aquifer.object.ObjectStore;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Aligned chunks of objects in memory outside the heap, shared by all readers.
 *
 * <p>A chunk is fetched once however many readers want it, verified, and served from memory until others need its place. A
 * fetch that nobody wants any more is cancelled; one that failed isn't remembered. A read that finds its chunk here happens
 * wholly on the reader's thread.
 *
 * <p><b>Memory.</b> Cached chunks, those in use and those in flight together never exceed the bound. A reader in need takes
 * first what nobody uses, coldest first, then what was read ahead; then it waits, and in the end fails with a {@link
 * CacheFullException}. A reader holds no chunk while it waits for memory, so readers don't block each other for good, and
 * read-ahead never waits.
 */
public final class ChunkCache implements Closeable {

    private final int chunkBytes;
    private final long memoryWaitNanos;
    private final String memoryDescription;
    private final ChunkCacheObserver observer;
    private final MemoryLine line = new MemoryLine();
    private final Chunks chunks;
    private final ReadAheads readAheads;

    /**
     * A cache of objects in {@code store}, which stays the caller's.
     *
     * @param verification runs the verifiers, in place of the store's threads, which mustn't be blocked; it stays the caller's,
     *     and is not shut down before the cache is closed
     */
    public ChunkCache(
            ObjectStore store, ChunkCacheSettings settings, Executor verification, ChunkCacheObserver observer) {
        this.chunkBytes = settings.chunkBytes();
        this.memoryWaitNanos = settings.memoryWait().toNanos();
        this.memoryDescription = settings.memoryBytes() + " bytes for chunks of " + chunkBytes + " bytes";
        this.observer = observer;
        this.chunks = new Chunks(store, settings, verification, observer, line);
        this.readAheads = new ReadAheads(settings, this::readAhead, line);
    }

    /**
     * A stream of the bytes from {@code from} (inclusive) to {@code to} (exclusive). Nothing is fetched before it is read.
     *
     * @throws IndexOutOfBoundsException if the object doesn't have these bytes
     * @throws CacheClosedException if the cache is closed
     */
    public ChunkInputStream open(CachedObject object, long from, long to) throws CacheClosedException {
        if (from < 0 || from > to || to > object.length()) {
            throw new IndexOutOfBoundsException("bytes " + from + " to " + to + " (exclusive) of '" + object.key()
                    + "', which has " + object.length());
        }
        requireOpen();
        return new ChunkInputStream(this, object, from, to);
    }

    /**
     * Forgets what is kept of an object, which was deleted. Readers that are in one of its chunks finish it; those that wait for
     * one get it, if it comes.
     */
    public void invalidate(String key) {
        readAheads.invalidate(key);
        chunks.invalidate(key);
    }

    /** Memory in use, by chunks that are cached, being read or in flight. */
    public long usedMemoryBytes() {
        return chunks.usedMemoryBytes();
    }

    /** Memory that was ever in use at once, which is kept for further chunks. */
    public long allocatedMemoryBytes() {
        return chunks.allocatedMemoryBytes();
    }

    /** Chunks that have been asked for and haven't arrived. */
    public long fetchesInFlight() {
        return chunks.fetchesInFlight();
    }

    /** Fails those who wait, cancels fetches and forgets everything. Streams still have to be closed by those who read. */
    @Override
    public void close() {
        chunks.close();
        readAheads.close();
        line.memoryMayBeFree();
    }

    int chunkBytes() {
        return chunkBytes;
    }

    ChunkCacheObserver observer() {
        return observer;
    }

    /** The read-ahead for a stream that begins in chunk {@code index}. */
    ReadAhead begin(CachedObject object, long index) {
        return readAheads.begin(object, index);
    }

    /** The stream is closed. */
    void end(ReadAhead readAhead) {
        readAheads.end(readAhead);
    }

    /**
     * The chunk, in memory or on its way, held for the caller, who holds no other.
     *
     * @throws CacheFullException if there was no memory for it for too long
     * @throws CacheClosedException if the cache is closed
     * @throws InterruptedIOException if the thread was interrupted while waiting for memory, and it still is
     */
    Chunk acquire(CachedObject object, long index) throws IOException {
        requireOpen();
        Chunk chunk = line.busy() ? chunks.find(object, index) : chunks.findOrFetch(object, index, false);
        return chunk == null ? acquireInLine(object, index) : chunk;
    }

    private Chunk acquireInLine(CachedObject object, long index) throws IOException {
        long start = System.nanoTime();
        try {
            Chunk chunk = line.await(memoryWaitNanos, () -> findOrFetchByAllMeans(object, index));
            if (chunk != null) {
                return chunk;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted =
                    new InterruptedIOException("Interrupted while waiting for memory to read '" + object.key() + "'");
            interrupted.initCause(e);
            throw interrupted;
        } finally {
            observer.waitedForMemory(System.nanoTime() - start);
        }
        observer.memoryRefused();
        throw new CacheFullException("Other readers used all memory of the chunk cache (" + memoryDescription + ") for "
                + memoryWaitNanos / 1_000_000 + " ms, so '" + object.key()
                + "' could not be read. Give the cache more memory, or let fewer consumers read old data at once.");
    }

    private @Nullable Chunk findOrFetchByAllMeans(CachedObject object, long index) throws CacheClosedException {
        while (true) {
            requireOpen();
            Chunk chunk = chunks.findOrFetch(object, index, false);
            if (chunk != null || !readAheads.yieldOne()) {
                return chunk;
            }
        }
    }

    /** Readers in line come first. */
    private @Nullable Chunk readAhead(CachedObject object, long index) {
        return line.busy() ? null : chunks.findOrFetch(object, index, true);
    }

    private void requireOpen() throws CacheClosedException {
        if (chunks.closed()) {
            throw new CacheClosedException();
        }
    }
}
