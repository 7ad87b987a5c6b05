package io.aquifer.remote;

import io.aquifer.format.Composites;
import io.aquifer.format.DamagedObjectException;
import io.aquifer.format.OpenedSegment;
import io.aquifer.object.ObjectStore;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The data of a segment, wherever it lies. That of a segment object is verified in whole chunks, once they are there; that of a
 * composite was verified piece by piece before it is handed out.
 */
interface SegmentRanges {

    /** Length of the data in bytes. */
    long length();

    /** What is read must begin and end at multiples of this, or at the data's end. */
    int chunkBytes();

    /** Fills all that remains of {@code target} from a position of the data. */
    CompletableFuture<?> get(long position, ByteBuffer target);

    /** Makes sure that what was read is what was written. */
    void verify(long position, ByteBuffer bytes) throws DamagedObjectException;

    /** The object that was opened, for messages. */
    String key();

    /** Over a segment; pieces of a composite are verified on the threads that the store completes reads on. */
    static SegmentRanges of(ObjectStore store, Composites composites, OpenedSegment segment) {
        return of(store, composites, segment, Runnable::run);
    }

    /**
     * Over a segment.
     *
     * @param verification runs what makes sure of the pieces of a composite
     */
    static SegmentRanges of(ObjectStore store, Composites composites, OpenedSegment segment, Executor verification) {
        return segment.pieces()
                .<SegmentRanges>map(pieces -> new CompositeRanges(composites, segment.key(), pieces, verification))
                .orElseGet(() -> new ObjectRanges(store, segment));
    }
}
