package io.aquifer.cache;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** Where the bytes of an object come from that isn't simply one in the store. */
@FunctionalInterface
public interface ChunkSource {

    /**
     * Fills all that remains of {@code target} with the bytes from {@code offset}. Futures behave as those of {@link
     * io.aquifer.object.ObjectStore#get}: cancelling one ends the reading, after which the target isn't written any more.
     */
    CompletableFuture<?> get(long offset, ByteBuffer target);
}
