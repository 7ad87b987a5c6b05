package io.aquifer.cache;

import java.time.Duration;

/**
 * How a {@link ChunkCache} uses memory and the store.
 *
 * @param chunkBytes size and alignment of chunks, a power of two from {@value #MIN_CHUNK_BYTES} to {@value #MAX_CHUNK_BYTES}
 * @param memoryBytes most memory for chunks, cached ones and those in flight together; at least one chunk, and rounded down to
 *     whole ones. It lies outside the heap and counts towards the JVM's {@code -XX:MaxDirectMemorySize}
 * @param readAheadBytes most that is fetched ahead of one reader; less than a chunk for nothing
 * @param memoryWait how long a reader waits for memory before it fails
 * @param readAheadIdle how long the read-ahead of a closed stream is kept for one that goes on where it ended
 */
public record ChunkCacheSettings(
        int chunkBytes, long memoryBytes, long readAheadBytes, Duration memoryWait, Duration readAheadIdle) {

    public static final int MIN_CHUNK_BYTES = 4 << 10;
    public static final int MAX_CHUNK_BYTES = 256 << 20;

    /** 8 MiB chunks in 512 MiB, up to 64 MiB ahead of each reader. */
    public static final ChunkCacheSettings DEFAULT =
            new ChunkCacheSettings(8 << 20, 512L << 20, 64L << 20, Duration.ofSeconds(5), Duration.ofSeconds(10));

    public ChunkCacheSettings {
        require(
                chunkBytes >= MIN_CHUNK_BYTES && chunkBytes <= MAX_CHUNK_BYTES && Integer.bitCount(chunkBytes) == 1,
                "chunks of " + chunkBytes + " bytes, not a power of two from " + MIN_CHUNK_BYTES + " to "
                        + MAX_CHUNK_BYTES);
        require(
                memoryBytes >= chunkBytes && memoryBytes / chunkBytes <= Integer.MAX_VALUE,
                "memory of " + memoryBytes + " bytes for chunks of " + chunkBytes + " bytes");
        require(readAheadBytes >= 0, "a read-ahead of " + readAheadBytes + " bytes");
        require(!memoryWait.isNegative(), "a wait for memory of " + memoryWait.toMillis() + " ms");
        require(
                !readAheadIdle.isNegative() && !readAheadIdle.isZero(),
                "a read-ahead kept for " + readAheadIdle.toMillis() + " ms, not above 0");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** Whole chunks that the memory holds. */
    int memoryChunks() {
        return (int) (memoryBytes / chunkBytes);
    }

    /** Most chunks that are fetched ahead of one reader. */
    int readAheadChunks() {
        return (int) Math.min(readAheadBytes / chunkBytes, memoryChunks());
    }
}
