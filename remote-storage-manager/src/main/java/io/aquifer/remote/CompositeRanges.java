package io.aquifer.remote;

import io.aquifer.format.CompositePieces;
import io.aquifer.format.Composites;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** The data of a composite segment. */
record CompositeRanges(Composites composites, String key, CompositePieces pieces, Executor verification)
        implements SegmentRanges {

    @Override
    public long length() {
        return pieces.length();
    }

    @Override
    public int chunkBytes() {
        return 1;
    }

    @Override
    public CompletableFuture<?> get(long position, ByteBuffer target) {
        return composites.read(pieces, position, target, verification);
    }

    @Override
    public void verify(long position, ByteBuffer bytes) {}
}
