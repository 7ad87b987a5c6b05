package io.aquifer.remote;

import io.aquifer.format.Composites;
import io.aquifer.format.OpenedSegment;
import io.aquifer.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;

/** Reads ranges straight from the store, one request at a time, and keeps nothing. */
final class RangedReads implements SegmentReads {

    private final ObjectStore store;
    private final Composites composites;
    private final int rangeBytes;

    /** @param rangeBytes how much is asked for at once, rounded to whole chunks */
    RangedReads(ObjectStore store, Composites composites, int rangeBytes) {
        this.store = store;
        this.composites = composites;
        this.rangeBytes = rangeBytes;
    }

    @Override
    public InputStream open(OpenedSegment segment, long from, long to) throws IOException {
        RangedInputStream stream =
                new RangedInputStream(SegmentRanges.of(store, composites, segment), from, to, rangeBytes);
        stream.fill();
        return stream;
    }

    @Override
    public void forget(String key) {}

    @Override
    public void close() {}
}
