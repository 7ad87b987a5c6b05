package io.aquifer.object;

import java.util.concurrent.CompletableFuture;

/** Decides when bytes may be transferred. */
@FunctionalInterface
interface ByteLimit {

    /** At once. */
    ByteLimit NONE = bytes -> CompletableFuture.completedFuture(null);

    /**
     * Completes when so many bytes may be transferred: at once, or later on a thread that may wait for credentials, as the
     * SDK's mustn't. Cancelled before, it is as if they had not been asked for.
     *
     * @param bytes 0 or more
     */
    CompletableFuture<Void> pass(long bytes);
}
