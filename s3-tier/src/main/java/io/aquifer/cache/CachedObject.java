package io.aquifer.cache;

import org.jspecify.annotations.Nullable;

/**
 * An object that is read through a {@link ChunkCache}.
 *
 * @param key of the object in the store
 * @param length bytes that can be read, from the beginning of the object: all of it or less, and the same whenever the
 *     object is read
 * @param source of its bytes; without one, they are those of the object in the store
 * @param verifier of its chunks, which are aligned to the cache's chunk size; the last one ends at {@code length}
 */
public record CachedObject(
        String key, long length, @Nullable ChunkSource source, ChunkVerifier verifier) {

    /** One that is read from the store, under its key. */
    public CachedObject(String key, long length, ChunkVerifier verifier) {
        this(key, length, null, verifier);
    }

    public CachedObject {
        if (length < 0) {
            throw new IllegalArgumentException("an object of " + length + " bytes");
        }
    }
}
