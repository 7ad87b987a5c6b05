package io.aquifer.format;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A segment in a {@linkplain PartitionSnapshot snapshot}.
 *
 * @param info where {@link SegmentInfo#copyTimestamp} is the time of the last change, in ms
 * @param dataLength of the record batches, in bytes
 * @param custom what the storage manager noted of it, if anything
 * @param deleting whether its deletion has begun, and may have ended
 */
public record SnapshotSegment(SegmentInfo info, int dataLength, Optional<ByteBuffer> custom, boolean deleting) {

    /** Most bytes of {@link #custom}. */
    public static final int MAX_CUSTOM = 1 << 16;

    public SnapshotSegment {
        custom = custom.map(bytes -> bytes.slice().asReadOnlyBuffer());
        if (dataLength < 0 || custom.map(ByteBuffer::remaining).orElse(0) > MAX_CUSTOM) {
            throw new IllegalArgumentException("a segment of " + dataLength + " bytes with custom metadata " + custom);
        }
    }

    /** By what its object is opened fastest, if that was noted. */
    public Optional<SegmentLocation> location() {
        return custom.flatMap(bytes -> {
            byte[] noted = new byte[bytes.remaining()];
            bytes.duplicate().get(noted);
            return SegmentLocation.fromBytes(noted);
        });
    }
}
