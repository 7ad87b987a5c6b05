package io.aquifer.format;

import io.aquifer.object.ObjectContent;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.PutResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/** Composite segments: created once if absent, opened by their index, and read from the WAL objects that they name. */
public final class Composites {

    /** Covers the index of a few hundred pieces. */
    private static final int TAIL_BYTES = 32 << 10;

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final IndexReader<CompositeIndex> reader;

    public Composites(ObjectStore store, ClusterKeys keys) {
        this.store = store;
        this.keys = keys;
        this.reader = new IndexReader<>(store, ObjectKind.COMPOSITE, TAIL_BYTES, CompositeIndex::readFrom);
    }

    /**
     * Creates a composite segment, unless one of its name exists.
     *
     * @param parts all that remains in each; all but the data, and perhaps the transaction index, must be there
     * @param pieces in the order of the data
     * @return as for {@link ObjectStore#uploadIfAbsent}
     * @throws IllegalArgumentException if no segment is made of these
     */
    public CompletableFuture<PutResult> create(
            SegmentInfo info, Map<SegmentPart, ByteBuffer> parts, List<CompositePiece> pieces) {
        return store.uploadIfAbsent(keys.composite(info.name()), ObjectContent.of(bytes(info, parts, pieces)));
    }

    /** All bytes of the object. */
    static ByteBuffer bytes(SegmentInfo info, Map<SegmentPart, ByteBuffer> parts, List<CompositePiece> pieces) {
        Map<SegmentPart, ByteBuffer> ordered = new EnumMap<>(parts);
        ordered.put(SegmentPart.DATA, ByteBuffer.allocate(0));
        List<ByteBuffer> all = new ArrayList<>(ordered.values());
        all.add(new CompositeIndex(SegmentIndex.of(info, ordered), pieces).withTrailer());
        ByteBuffer bytes =
                ByteBuffer.allocate(all.stream().mapToInt(ByteBuffer::remaining).sum());
        all.forEach(part -> bytes.put(part.duplicate()));
        return bytes.flip();
    }

    /**
     * The index of a composite segment. The future fails with an {@link ObjectFormatException} when the object isn't that
     * segment's or doesn't verify, or as {@link ObjectStore#get} does.
     *
     * @param location where the index was when the object was made, if it is known
     */
    public CompletableFuture<CompositeIndex> open(SegmentName name, Optional<SegmentLocation> location) {
        String key = keys.composite(name);
        return location.map(place -> reader.at(key, place.objectLength(), place.indexLength()))
                .orElseGet(() -> reader.tail(key))
                .thenApply(index -> requireNamed(name, index));
    }

    /** As {@link #open}, with the end of the object, as far as it is read at once, in which the parts of most lie. */
    CompletableFuture<SegmentTail> openTail(SegmentName name) {
        String key = keys.composite(name);
        return reader.tail(key, TAIL_BYTES)
                .thenApply(tail -> new SegmentTail(
                        OpenedSegment.of(key, requireNamed(name, tail.index())), tail.end(), tail.position()));
    }

    private CompositeIndex requireNamed(SegmentName name, CompositeIndex index) {
        if (!index.info().name().equals(name)) {
            throw new CompletionException(
                    new ForeignObjectException(reader.where(keys.composite(name)) + " holds another composite segment, "
                            + index.info().name() + ": it was copied from another key. " + SegmentIndex.REMEDY));
        }
        return index;
    }

    /**
     * Fills all that remains of {@code target} with the data from {@code position}, once every piece that it touches has
     * verified. Cancelling the future ends the requests; {@code target} isn't written after that.
     *
     * @param verification runs what must not hold up threads of the store
     * @return fails with a {@link DamagedObjectException} when a piece doesn't verify, or as {@link ObjectStore#get} does
     * @throws IndexOutOfBoundsException if the data doesn't have these bytes
     */
    public CompletableFuture<Void> read(CompositePieces data, long position, ByteBuffer target, Executor verification) {
        CompositeRead read = new CompositeRead(store, keys, data, position, target, verification);
        read.begin();
        return read;
    }
}
