package io.aquifer.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import io.aquifer.object.Failures;
import io.aquifer.object.ObjectNotFoundException;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.ObjectStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * All chunks in memory, at most one of each, in flight or not.
 *
 * <p>Those that have arrived are also kept in Caffeine, which decides in what order they give way. It doesn't decide when:
 * chunks in flight and in use fill the same memory, so a chunk gives way when another wants its place, and only while nobody
 * uses it.
 */
final class Chunks {

    private final ObjectStore store;
    private final int chunkBytes;
    private final Executor verification;
    private final ChunkCacheObserver observer;
    private final MemoryLine line;
    private final SlabMemory memory;
    private final Map<ChunkId, Chunk> inMemory = new ConcurrentHashMap<>();
    private final Cache<ChunkId, Chunk> kept;
    private final Policy.Eviction<ChunkId, Chunk> evictionOrder;
    private volatile boolean closed;

    Chunks(
            ObjectStore store,
            ChunkCacheSettings settings,
            Executor verification,
            ChunkCacheObserver observer,
            MemoryLine line) {
        this.store = store;
        this.chunkBytes = settings.chunkBytes();
        this.verification = verification;
        this.observer = observer;
        this.line = line;
        this.memory = new SlabMemory(chunkBytes, settings.memoryChunks(), ByteBuffer::allocateDirect);
        this.kept = Caffeine.newBuilder()
                .maximumWeight(settings.memoryBytes())
                .weigher((ChunkId id, Chunk chunk) -> chunk.memory().bytes())
                .executor(Runnable::run)
                .build();
        this.evictionOrder = kept.policy().eviction().orElseThrow();
    }

    /**
     * The chunk, held for the caller, if it is in memory or on its way there.
     *
     * @throws IllegalArgumentException if the object was read before as one of another length
     */
    @Nullable
    Chunk find(CachedObject object, long index) {
        ChunkId id = new ChunkId(object.key(), index);
        Chunk chunk = inMemory.get(id);
        if (chunk == null || !chunk.hold()) {
            return null;
        }
        if (chunk.length() != lengthOf(object, index)) {
            chunk.release();
            throw new IllegalArgumentException("'" + object.key() + "' is read as an object of " + object.length()
                    + " bytes, but bytes " + chunk + " were fetched as its chunk " + index);
        }
        // so that Caffeine knows of its use
        Chunk unused = kept.getIfPresent(id);
        return chunk;
    }

    /**
     * The chunk, held for the caller, which is fetched if it is not there. Chunks that nobody uses give way for it.
     *
     * @param ahead whether no reader has come to it yet
     * @return null if it isn't there and there is no memory for it
     */
    @Nullable
    Chunk findOrFetch(CachedObject object, long index, boolean ahead) {
        Chunk found = find(object, index);
        if (found != null) {
            return found;
        }
        int length = lengthOf(object, index);
        SlabMemory.Piece piece = memory.take(length);
        while (piece == null && evictOne()) {
            piece = memory.take(length);
        }
        if (piece == null) {
            return null;
        }
        ChunkId id = new ChunkId(object.key(), index);
        Chunk mine = new Chunk(this, id, object, index * chunkBytes, length, piece, ahead);
        Chunk chunk = inMemory.compute(id, (key, other) -> other != null && other.hold() ? other : mine);
        if (chunk == mine) {
            fetch(mine);
        } else {
            giveBack(piece);
        }
        return chunk;
    }

    /** Forgets the chunks of an object. Who reads one now isn't disturbed. */
    void invalidate(String key) {
        for (Chunk chunk : inMemory.values()) {
            if (chunk.id().key().equals(key)) {
                forget(chunk);
            }
        }
    }

    /** Forgets everything and fails those who wait for a chunk. */
    void close() {
        closed = true;
        for (Chunk chunk : inMemory.values()) {
            fail(chunk, new CacheClosedException());
            drop(chunk);
        }
    }

    boolean closed() {
        return closed;
    }

    long usedMemoryBytes() {
        return memory.usedBytes();
    }

    long allocatedMemoryBytes() {
        return memory.allocatedBytes();
    }

    long fetchesInFlight() {
        return inMemory.values().stream().filter(chunk -> !chunk.arrived()).count();
    }

    /** What is thrown to one reader of a chunk that failed. */
    IOException failureFor(Chunk chunk, Throwable cause) {
        if (cause instanceof ObjectNotFoundException) {
            return new ObjectNotFoundException("Bytes " + chunk + " could not be read: " + cause.getMessage(), cause);
        }
        if (cause instanceof CacheClosedException) {
            return new CacheClosedException();
        }
        boolean retriable = cause instanceof ObjectStoreException failure && failure.retriable();
        return new ChunkFetchException(
                "Bytes " + chunk + " in " + store.name() + " could not be read: " + cause.getMessage(),
                cause,
                retriable);
    }

    /** Nobody holds the chunk any more. */
    void ended(Chunk chunk) {
        inMemory.remove(chunk.id(), chunk);
        if (chunk.cancelFetch()) {
            observer.fetchCancelled();
        } else if (chunk.readable() && chunk.leaveReadAhead()) {
            observer.readAheadWasted(chunk.length());
        }
        giveBack(chunk.memory());
    }

    /** Only one holder of a chunk is left, perhaps the cache. */
    void mayBeIdle() {
        line.memoryMayBeFree();
    }

    private void giveBack(SlabMemory.Piece piece) {
        memory.giveBack(piece);
        line.memoryMayBeFree();
    }

    private int lengthOf(CachedObject object, long index) {
        return (int) Math.min(chunkBytes, object.length() - index * chunkBytes);
    }

    private void fetch(Chunk chunk) {
        if (closed) {
            fail(chunk, new CacheClosedException());
            return;
        }
        CompletableFuture<?> get;
        try {
            ChunkSource source = chunk.object().source();
            get = source == null
                    ? store.get(chunk.id().key(), chunk.offset(), chunk.target())
                    : source.get(chunk.offset(), chunk.target());
        } catch (Throwable e) {
            // others may wait for the chunk already, and no Error may reach the broker
            fail(chunk, e);
            return;
        }
        chunk.fetchedBy(get);
        CompletableFuture<?> unused = get.whenComplete((range, failure) -> {
            if (failure == null) {
                verifyLater(chunk);
            } else if (!chunk.hasEnded()) {
                fail(chunk, Failures.unwrapped(failure));
            }
        });
    }

    private void verifyLater(Chunk chunk) {
        try {
            verification.execute(() -> verify(chunk));
        } catch (RejectedExecutionException e) {
            fail(chunk, e);
        }
    }

    private void verify(Chunk chunk) {
        if (!chunk.hold()) {
            return;
        }
        try {
            chunk.object().verifier().verify(chunk.offset(), chunk.target().asReadOnlyBuffer());
            observer.fetched(chunk.length());
            keep(chunk);
            chunk.succeed();
        } catch (Throwable e) {
            // whatever it is, readers wait for it, and no Error may stop them or the thread
            fail(chunk, e);
            drop(chunk);
        } finally {
            chunk.release();
        }
    }

    /** Only for a holder. */
    private void keep(Chunk chunk) {
        if (chunk.hold()) {
            Chunk replaced = kept.asMap().put(chunk.id(), chunk);
            if (replaced != null) {
                replaced.release();
            }
            if (inMemory.get(chunk.id()) != chunk) {
                drop(chunk);
            }
        }
    }

    private void fail(Chunk chunk, Throwable cause) {
        inMemory.remove(chunk.id(), chunk);
        if (chunk.fail(cause) && !(cause instanceof CacheClosedException)) {
            observer.fetchFailed();
        }
    }

    private void forget(Chunk chunk) {
        inMemory.remove(chunk.id(), chunk);
        drop(chunk);
    }

    private boolean evictOne() {
        Optional<Chunk> coldest = evictionOrder.coldest(
                entries -> entries.map(Map.Entry::getValue).filter(Chunk::idle).findFirst());
        if (coldest.isEmpty()) {
            return false;
        }
        if (drop(coldest.get())) {
            observer.evicted(coldest.get().length());
        }
        return true;
    }

    /** Doesn't keep the chunk any more, if it was kept. */
    private boolean drop(Chunk chunk) {
        if (!kept.asMap().remove(chunk.id(), chunk)) {
            return false;
        }
        chunk.release();
        return true;
    }
}
