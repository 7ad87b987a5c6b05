package io.aquifer.wal.upload;

import io.aquifer.object.ObjectContent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/** The blocks of one WAL object, read when they are sent. */
final class ObjectBody implements ObjectContent {

    private final BlockSource source;
    /** Where each block begins in the WAL. */
    private final long[] positions;
    /** Where each block begins in the object, and where the last one ends. */
    private final int[] offsets;

    ObjectBody(BlockSource source, long[] positions, int[] offsets) {
        this.source = source;
        this.positions = positions;
        this.offsets = offsets;
    }

    @Override
    public long length() {
        return offsets[positions.length];
    }

    int blocks() {
        return positions.length;
    }

    @Override
    public void read(long position, ByteBuffer target) throws IOException {
        Objects.checkFromIndexSize(position, target.remaining(), length());
        int at = Math.toIntExact(position);
        int found = Arrays.binarySearch(offsets, at);
        int index = found >= 0 ? found : -found - 2;
        while (target.hasRemaining()) {
            int from = at - offsets[index];
            int length = Math.min(offsets[index + 1] - at, target.remaining());
            source.use(positions[index], bytes -> target.put(bytes.slice(from, length)));
            at += length;
            index++;
        }
    }
}
