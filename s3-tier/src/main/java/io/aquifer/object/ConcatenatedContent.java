package io.aquifer.object;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Pieces one after the other. */
final class ConcatenatedContent implements ObjectContent {

    private final ObjectContent[] pieces;
    /** Where each piece ends within the whole. */
    private final long[] ends;

    ConcatenatedContent(List<ObjectContent> pieces) {
        this.pieces = pieces.stream().filter(piece -> piece.length() > 0).toArray(ObjectContent[]::new);
        this.ends = Arrays.stream(this.pieces).mapToLong(ObjectContent::length).toArray();
        Arrays.parallelPrefix(ends, Math::addExact);
    }

    @Override
    public long length() {
        return ends.length == 0 ? 0 : ends[ends.length - 1];
    }

    @Override
    public void read(long position, ByteBuffer target) throws IOException {
        Objects.checkFromIndexSize(position, target.remaining(), length());
        int limit = target.limit();
        long at = position;
        int index = pieceAt(position);
        while (target.position() < limit) {
            int length = (int) Math.min(ends[index] - at, limit - target.position());
            target.limit(target.position() + length);
            pieces[index].read(at - (ends[index] - pieces[index].length()), target);
            at += length;
            index++;
        }
        target.limit(limit);
    }

    private int pieceAt(long position) {
        int found = Arrays.binarySearch(ends, position);
        return found < 0 ? -found - 1 : found + 1;
    }
}
