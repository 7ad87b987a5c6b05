package io.aquifer.format;

import io.aquifer.object.ObjectStore;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A segment that was opened, and the end of its object, which was read with the index: what lies there costs no request more.
 *
 * @param end up to the trailer's end; not verified but for the index
 * @param position where {@code end} begins in the object
 */
public record SegmentTail(OpenedSegment segment, ByteBuffer end, long position) {

    /** Whether all of a part was read already. */
    public boolean has(SegmentPart part) {
        SegmentIndex parts = segment.parts();
        return parts.length(part) == 0 || parts.offset(part) >= position;
    }

    /**
     * All of a part, none when it is missing, once it has verified. What wasn't read already is read now.
     *
     * <p>The future fails with a {@link DamagedObjectException}, or as {@link ObjectStore#get} does.
     *
     * @param store that the segment was opened in
     * @throws ArithmeticException if the part is longer than 2 GiB
     */
    public CompletableFuture<ByteBuffer> read(ObjectStore store, SegmentPart part) {
        SegmentIndex parts = segment.parts();
        int length = Math.toIntExact(parts.length(part));
        if (length == 0) {
            return CompletableFuture.completedFuture(ByteBuffer.allocate(0));
        }
        if (has(part)) {
            ByteBuffer read = end.slice(Math.toIntExact(parts.offset(part) - position), length);
            return CompletableFuture.completedFuture(read).thenApply(bytes -> verified(store, part, bytes));
        }
        ByteBuffer bytes = ByteBuffer.allocate(length);
        return store.get(segment.key(), parts.offset(part), bytes).thenApply(range -> verified(store, part, bytes));
    }

    private ByteBuffer verified(ObjectStore store, SegmentPart part, ByteBuffer bytes) {
        try {
            segment.parts().verify(part, 0, bytes, "'" + segment.key() + "' in " + store.name());
            return bytes;
        } catch (DamagedObjectException e) {
            throw new CompletionException(e);
        }
    }
}
