package io.aquifer.format;

import io.aquifer.object.Failures;
import io.aquifer.object.ObjectRange;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.ObjectTooShortException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Opens segment objects: reads and verifies their index, with one request where the index is where it was expected or not
 * longer than guessed, otherwise with two.
 */
public final class SegmentOpener {

    /** Covers the index of 1 GiB of data, its indexes and a thousand leader epochs, in chunks of the default size. */
    private static final int TAIL_BYTES = 32 << 10;

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final int tailBytes;

    public SegmentOpener(ObjectStore store, ClusterKeys keys) {
        this(store, keys, TAIL_BYTES);
    }

    /** @param tailBytes how much is read of an object whose index isn't known, at least the trailer */
    SegmentOpener(ObjectStore store, ClusterKeys keys, int tailBytes) {
        this.store = store;
        this.keys = keys;
        this.tailBytes = tailBytes;
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
        String where = "'" + key + "' in " + store.name();
        return location.map(place -> at(place, key, where))
                .orElseGet(() -> tail(key, where))
                .thenApply(index -> {
                    if (!index.info().name().equals(name)) {
                        throw new CompletionException(new ForeignObjectException(where + " holds another segment, "
                                + index.info().name() + ": it was copied from another key. " + SegmentIndex.REMEDY));
                    }
                    return index;
                });
    }

    private CompletableFuture<SegmentIndex> at(SegmentLocation place, String key, String where) {
        ByteBuffer buffer = ByteBuffer.allocate(place.indexLength() + SegmentTrailer.SIZE);
        return store.get(key, place.objectLength() - buffer.capacity(), buffer)
                .thenCompose(range -> read(buffer, range, key, where))
                .exceptionallyCompose(failure -> {
                    Throwable cause = Failures.unwrapped(failure);
                    return cause instanceof ObjectFormatException || cause instanceof ObjectTooShortException
                            ? tail(key, where)
                            : CompletableFuture.failedFuture(cause);
                });
    }

    private CompletableFuture<SegmentIndex> tail(String key, String where) {
        ByteBuffer buffer = ByteBuffer.allocate(tailBytes);
        return store.getTail(key, buffer).thenCompose(range -> read(buffer.limit(range.length()), range, key, where));
    }

    /** @param end the end of the object */
    private CompletableFuture<SegmentIndex> read(ByteBuffer end, ObjectRange range, String key, String where) {
        try {
            SegmentTrailer trailer = SegmentTrailer.readFrom(end, range.objectLength(), where);
            int indexEnd = end.limit() - SegmentTrailer.SIZE;
            if (trailer.indexLength() <= indexEnd) {
                ByteBuffer index = end.slice(indexEnd - trailer.indexLength(), trailer.indexLength());
                return CompletableFuture.completedFuture(SegmentIndex.readFrom(index, trailer, where));
            }
            ByteBuffer index = ByteBuffer.allocate(trailer.indexLength());
            return store.get(key, trailer.indexOffset(), index).thenApply(read -> {
                try {
                    return SegmentIndex.readFrom(index, trailer, where);
                } catch (ObjectFormatException e) {
                    throw new CompletionException(e);
                }
            });
        } catch (ObjectFormatException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
