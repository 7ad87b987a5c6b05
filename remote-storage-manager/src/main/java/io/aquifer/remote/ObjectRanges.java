package io.aquifer.remote;

import io.aquifer.format.DamagedObjectException;
import io.aquifer.format.OpenedSegment;
import io.aquifer.format.SegmentPart;
import io.aquifer.object.ObjectStore;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** The data of a segment object. */
record ObjectRanges(ObjectStore store, OpenedSegment segment) implements SegmentRanges {

    @Override
    public long length() {
        return segment.dataLength();
    }

    @Override
    public int chunkBytes() {
        return segment.parts().chunkBytes();
    }

    @Override
    public CompletableFuture<?> get(long position, ByteBuffer target) {
        return store.get(key(), segment.parts().offset(SegmentPart.DATA) + position, target);
    }

    @Override
    public void verify(long position, ByteBuffer bytes) throws DamagedObjectException {
        segment.parts().verify(SegmentPart.DATA, position, bytes, "'" + key() + "' in " + store.name());
    }

    @Override
    public String key() {
        return segment.key();
    }
}
