package io.aquifer.cache;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Says whether a chunk of an object is what was once written there. Called once per fetch, before any reader sees it. */
@FunctionalInterface
public interface ChunkVerifier {

    /**
     * Returns if {@code chunk} is whole. May be called by several threads at once.
     *
     * @param offset of the chunk's first byte within the object
     * @param chunk all that remains is the chunk; read-only, and not to be touched once this has returned
     * @throws IOException if it isn't, saying what was found and what was expected
     */
    void verify(long offset, ByteBuffer chunk) throws IOException;
}
