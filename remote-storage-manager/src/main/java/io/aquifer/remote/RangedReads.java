package io.aquifer.remote;

import io.aquifer.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;

/** Reads ranges straight from the store, one request at a time, and keeps nothing. */
final class RangedReads implements SegmentReads {

    private final ObjectStore store;
    private final int rangeBytes;

    /** @param rangeBytes how much is asked for at once, rounded to whole chunks */
    RangedReads(ObjectStore store, int rangeBytes) {
        this.store = store;
        this.rangeBytes = rangeBytes;
    }

    @Override
    public InputStream open(StoredSegment segment, long from, long to) throws IOException {
        RangedInputStream stream = new RangedInputStream(store, segment, from, to, rangeBytes);
        stream.fill();
        return stream;
    }

    @Override
    public void forget(String key) {}

    @Override
    public void close() {}
}
