package io.aquifer.object;

import java.nio.ByteBuffer;

/**
 * A caller's memory that bytes are read into, one attempt after the other: only the newest attempt writes, and none once it
 * is closed.
 */
final class RangeTarget {

    private final ByteBuffer memory;
    private int newest;
    private boolean closed;

    RangeTarget(ByteBuffer memory) {
        this.memory = memory.slice();
    }

    /** Number of a new attempt, which those before give way to. */
    synchronized int begin() {
        return ++newest;
    }

    /** Puts {@code bytes} at {@code offset}, unless {@code attempt} isn't the newest any more or this is closed. */
    synchronized void write(int attempt, int offset, ByteBuffer bytes) {
        if (attempt == newest && !closed) {
            memory.put(offset, bytes, bytes.position(), bytes.remaining());
        }
    }

    /** Whether all that {@code attempt} wrote is still what the memory holds. */
    synchronized boolean isNewest(int attempt) {
        return attempt == newest;
    }

    /** Once it has returned, the memory isn't touched any more. */
    synchronized void close() {
        closed = true;
    }
}
