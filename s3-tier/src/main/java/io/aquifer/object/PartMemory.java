package io.aquifer.object;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/** A bounded number of direct buffers of one part each, allocated when first needed and used over and over. */
final class PartMemory {

    private final int partBytes;
    private final AsyncPermits permits;
    private final Deque<ByteBuffer> idle = new ArrayDeque<>();

    PartMemory(int partBytes, int parts) {
        this.partBytes = partBytes;
        this.permits = new AsyncPermits(parts);
    }

    int partBytes() {
        return partBytes;
    }

    /** Completes with a cleared buffer for {@code call}, to be given back. When the call is over before, it isn't given. */
    CompletableFuture<ByteBuffer> take(StoreCall<?> call) {
        return call.step(permits.acquire()).thenApply(permit -> idleOrNew());
    }

    void giveBack(ByteBuffer buffer) {
        synchronized (this) {
            idle.push(buffer);
        }
        permits.release();
    }

    /** The one used last, so that as few as possible are ever allocated. */
    private synchronized ByteBuffer idleOrNew() {
        ByteBuffer buffer = idle.poll();
        return buffer == null ? ByteBuffer.allocateDirect(partBytes) : buffer.clear();
    }
}
