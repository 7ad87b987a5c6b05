package io.aquifer.cache;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of an object, chunk by chunk from a {@link ChunkCache}. The end of the stream is the end of the range asked for: where
 * a byte before it can't be had, the read throws, and may be tried again.
 *
 * <p>Used by one thread at a time. Interrupting that thread ends a read that waits, with an {@link InterruptedIOException}; the
 * thread is still interrupted then. Other failures are an {@link io.aquifer.object.ObjectNotFoundException} or a {@link
 * CacheReadException}. Until it is closed, a stream in the middle of a chunk keeps that chunk in memory.
 */
public final class ChunkInputStream extends InputStream {

    private final ChunkCache cache;
    private final CachedObject object;
    private final long to;
    private final ReadAhead readAhead;
    private final byte[] single = new byte[1];
    private long position;
    private @Nullable Chunk current;
    private boolean closed;

    ChunkInputStream(ChunkCache cache, CachedObject object, long from, long to) {
        this.cache = cache;
        this.object = object;
        this.position = from;
        this.to = to;
        this.readAhead = cache.begin(object, from / cache.chunkBytes());
    }

    @Override
    public int read() throws IOException {
        return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
    }

    /** Reads up to the end of the chunk: waits for one chunk at most. */
    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        requireOpen();
        if (length == 0) {
            return 0;
        }
        if (position == to) {
            return -1;
        }
        Chunk chunk = chunkAtPosition();
        int count = (int) Math.min(length, Math.min(chunk.end(), to) - position);
        chunk.copy(position, target, offset, count);
        moveTo(position + count);
        return count;
    }

    /** Skips without fetching anything. */
    @Override
    public long skip(long count) throws IOException {
        requireOpen();
        long skipped = Math.max(0, Math.min(count, to - position));
        moveTo(position + skipped);
        return skipped;
    }

    /** Bytes that can be read without waiting. */
    @Override
    public int available() throws IOException {
        requireOpen();
        Chunk chunk = current;
        return chunk == null ? 0 : (int) (Math.min(chunk.end(), to) - position);
    }

    /** Ends read-ahead, unless another stream soon goes on where this one was. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        Chunk chunk = current;
        if (chunk != null) {
            current = null;
            readAhead.keep(chunk);
        }
        cache.end(readAhead);
    }

    private void moveTo(long newPosition) {
        position = newPosition;
        Chunk chunk = current;
        if (chunk != null && position >= chunk.end()) {
            current = null;
            chunk.release();
        }
    }

    private Chunk chunkAtPosition() throws IOException {
        Chunk held = current;
        if (held != null) {
            return held;
        }
        long index = position / cache.chunkBytes();
        Chunk chunk = cache.acquire(object, index);
        boolean handedOver = false;
        try {
            readAhead.movedTo(index, (to - 1) / cache.chunkBytes());
            await(chunk);
            current = chunk;
            handedOver = true;
        } catch (InterruptedIOException e) {
            // who was cut short comes back for it: a store slower than the patience of readers must not be asked again
            // and again
            readAhead.keep(chunk);
            handedOver = true;
            throw e;
        } finally {
            if (!handedOver) {
                chunk.release();
            }
        }
        return chunk;
    }

    private void await(Chunk chunk) throws IOException {
        ChunkCacheObserver observer = cache.observer();
        if (chunk.arrived()) {
            chunk.await();
            observer.hit();
        } else {
            observer.miss();
            long start = System.nanoTime();
            try {
                chunk.await();
            } finally {
                observer.waitedForChunk(System.nanoTime() - start);
            }
        }
        if (chunk.leaveReadAhead()) {
            observer.readAheadUsed(chunk.length());
        }
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("The stream of '" + object.key() + "' is closed.");
        }
    }
}
