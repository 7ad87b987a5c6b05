package io.aquifer.format;

import io.aquifer.object.ObjectStore;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Opens segment objects: reads and verifies their index, with one request where the index is where it was expected or not
 * longer than guessed, otherwise with two.
 */
public final class SegmentOpener {

    /** Covers the index of 1 GiB of data, its indexes and a thousand leader epochs, in chunks of the default size. */
    public static final int TAIL_BYTES = 32 << 10;

    private final ClusterKeys keys;
    private final IndexReader<SegmentIndex> reader;

    public SegmentOpener(ObjectStore store, ClusterKeys keys) {
        this(store, keys, TAIL_BYTES);
    }

    /** @param tailBytes how much is read of an object whose index isn't known, at least the trailer */
    SegmentOpener(ObjectStore store, ClusterKeys keys, int tailBytes) {
        this.keys = keys;
        this.reader = new IndexReader<>(store, ObjectKind.SEGMENT, tailBytes, SegmentIndex::readFrom);
    }

    /**
     * The index of a segment's object.
     *
     * <p>The future fails with an {@link ObjectFormatException} when the object isn't that segment's or doesn't verify, or
     * as {@link ObjectStore#get} does.
     *
     * @param location where the index was when the object was made, if it is known
     */
    public CompletableFuture<SegmentIndex> open(SegmentName name, Optional<SegmentLocation> location) {
        String key = keys.segment(name);
        return location.map(place -> reader.at(key, place.objectLength(), place.indexLength()))
                .orElseGet(() -> reader.tail(key))
                .thenApply(index -> requireNamed(name, index));
    }

    /**
     * As {@link #open}, with so many bytes of the object's end, or all of it where it is shorter.
     *
     * @param bytes at least the trailer
     */
    public CompletableFuture<SegmentTail> openTail(SegmentName name, int bytes) {
        String key = keys.segment(name);
        return reader.tail(key, bytes)
                .thenApply(tail -> new SegmentTail(
                        OpenedSegment.of(key, requireNamed(name, tail.index())), tail.end(), tail.position()));
    }

    private SegmentIndex requireNamed(SegmentName name, SegmentIndex index) {
        if (!index.info().name().equals(name)) {
            throw new CompletionException(
                    new ForeignObjectException(reader.where(keys.segment(name)) + " holds another segment, "
                            + index.info().name() + ": it was copied from another key. " + SegmentIndex.REMEDY));
        }
        return index;
    }
}
