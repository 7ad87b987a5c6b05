package io.aquifer.cache;

/**
 * Is told what a {@link ChunkCache} does, for metrics. Called on the threads that do it, several at once: methods return
 * quickly and throw nothing.
 */
public interface ChunkCacheObserver {

    /** Looks away. */
    ChunkCacheObserver NONE = new ChunkCacheObserver() {};

    /** A reader came to a chunk that was there. */
    default void hit() {}

    /** A reader came to a chunk that it had to wait for, whoever had asked for it. */
    default void miss() {}

    /** A chunk has arrived and was found whole. */
    default void fetched(int bytes) {}

    /** A fetch failed, or what arrived wasn't what was written. */
    default void fetchFailed() {}

    /** A fetch was given up since nobody wanted it any more. */
    default void fetchCancelled() {}

    /** A chunk gave way to others. */
    default void evicted(int bytes) {}

    /** A reader came to a chunk that had been asked for ahead of it. */
    default void readAheadUsed(int bytes) {}

    /** A chunk that had been fetched ahead is gone, and no reader ever came to it. */
    default void readAheadWasted(int bytes) {}

    /** A reader waited for memory, in vain or not. */
    default void waitedForMemory(long nanos) {}

    /** A reader failed since there was no memory. */
    default void memoryRefused() {}

    /** A reader waited for a chunk on its way. */
    default void waitedForChunk(long nanos) {}
}
