package io.aquifer.cache;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A chunk of an object, from when it is asked for until its memory is given back. Readers, read-ahead, verification and the
 * cache itself hold it while they want it, and may read its bytes once it has arrived. Who releases it last ends it: a fetch
 * that is still under way is cancelled, and the memory is free for others.
 */
final class Chunk {

    private final ChunkId id;
    private final CachedObject object;
    private final long offset;
    private final SlabMemory.Piece memory;
    private final ByteBuffer bytes;
    private final Chunks owner;
    private final AtomicInteger holders = new AtomicInteger(1);
    private final AtomicBoolean aheadOfReaders;

    /** Completes with why the chunk can't be read, or with nothing when it can. */
    private final CompletableFuture<Optional<Throwable>> arrival = new CompletableFuture<>();

    private volatile boolean readable;
    private volatile @Nullable CompletableFuture<?> fetch;

    /**
     * Held once, for who makes it.
     *
     * @param ahead whether no reader has come to it yet
     */
    Chunk(
            Chunks owner,
            ChunkId id,
            CachedObject object,
            long offset,
            int length,
            SlabMemory.Piece memory,
            boolean ahead) {
        this.owner = owner;
        this.id = id;
        this.object = object;
        this.offset = offset;
        this.memory = memory;
        this.bytes = memory.buffer(length);
        this.aheadOfReaders = new AtomicBoolean(ahead);
    }

    ChunkId id() {
        return id;
    }

    CachedObject object() {
        return object;
    }

    /** Of its first byte within the object. */
    long offset() {
        return offset;
    }

    int length() {
        return bytes.capacity();
    }

    /** Offset behind its last byte within the object. */
    long end() {
        return offset + bytes.capacity();
    }

    SlabMemory.Piece memory() {
        return memory;
    }

    /** Where the store is to put the bytes. */
    ByteBuffer target() {
        return bytes.duplicate();
    }

    void fetchedBy(CompletableFuture<?> get) {
        fetch = get;
    }

    /** Ends the fetch: once this has returned, the store doesn't write to the memory any more. True if there was one. */
    boolean cancelFetch() {
        CompletableFuture<?> get = fetch;
        return get != null && get.cancel(true);
    }

    /** Another holder, unless the chunk has ended. */
    boolean hold() {
        int before;
        do {
            before = holders.get();
            if (before == 0) {
                return false;
            }
        } while (!holders.compareAndSet(before, before + 1));
        return true;
    }

    void release() {
        int left = holders.decrementAndGet();
        if (left == 0) {
            owner.ended(this);
        } else if (left == 1) {
            owner.mayBeIdle();
        } else if (left < 0) {
            throw new IllegalStateException("bytes " + this + " released once too often");
        }
    }

    /** Of a chunk that the cache holds: whether nobody else does. */
    boolean idle() {
        return holders.get() == 1;
    }

    boolean hasEnded() {
        return holders.get() == 0;
    }

    /** Whether nobody has to wait for it any more. */
    boolean arrived() {
        return arrival.isDone();
    }

    /** Whether it has arrived whole. */
    boolean readable() {
        return readable;
    }

    void succeed() {
        readable = true;
        arrival.complete(Optional.empty());
    }

    /** False if it has arrived or failed before. */
    boolean fail(Throwable cause) {
        return arrival.complete(Optional.of(cause));
    }

    /**
     * Waits until the bytes can be read. Only for a holder.
     *
     * @throws InterruptedIOException if the thread was interrupted, and it still is
     * @throws IOException if the chunk can't be read: each reader's own
     */
    void await() throws IOException {
        try {
            Optional<Throwable> failure = arrival.get();
            if (failure.isPresent()) {
                throw owner.failureFor(this, failure.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted =
                    new InterruptedIOException("Interrupted while waiting for bytes " + this);
            interrupted.initCause(e);
            throw interrupted;
        } catch (ExecutionException e) {
            throw new IllegalStateException("an arrival doesn't fail", e);
        }
    }

    /** True once, for a chunk that was asked for ahead of readers: whoever gets it decides whether it was of use. */
    boolean leaveReadAhead() {
        return aheadOfReaders.compareAndSet(true, false);
    }

    /** Copies bytes that have arrived. */
    void copy(long from, byte[] target, int targetOffset, int length) {
        bytes.get((int) (from - offset), target, targetOffset, length);
    }

    /** Where the chunk is, for messages. */
    @Override
    public String toString() {
        return offset + " to " + (end() - 1) + " of '" + id.key() + "'";
    }
}
