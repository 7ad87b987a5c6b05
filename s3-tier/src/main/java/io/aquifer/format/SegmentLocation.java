package io.aquifer.format;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Whether a segment is one object or a composite, and how to find the index in one read of the right size. It is a hint: an object is also found without
 * it, and is believed where it says something else.
 *
 * <p>13 bytes, big-endian, which Kafka keeps as the custom metadata of a segment:
 *
 * <pre>
 * offset size
 *      0    1  version: 1 of a segment object, 2 of a composite segment
 *      1    8  length of the whole object
 *      9    4  length of the index
 * </pre>
 *
 * @param composite whether it was a composite segment
 * @param objectLength in bytes
 * @param indexLength in bytes
 */
public record SegmentLocation(boolean composite, long objectLength, int indexLength) {

    private static final byte SEGMENT = 1;
    private static final byte COMPOSITE = 2;
    private static final int SIZE = 13;

    public SegmentLocation {
        (composite ? ObjectKind.COMPOSITE : ObjectKind.SEGMENT).requireLengths(objectLength, indexLength);
    }

    public byte[] toBytes() {
        return ByteBuffer.allocate(SIZE)
                .put(composite ? COMPOSITE : SEGMENT)
                .putLong(objectLength)
                .putInt(indexLength)
                .array();
    }

    /** What the bytes say, or nothing when they are of another version or make no sense. */
    public static Optional<SegmentLocation> fromBytes(byte[] bytes) {
        if (bytes.length != SIZE || (bytes[0] != SEGMENT && bytes[0] != COMPOSITE)) {
            return Optional.empty();
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 1, SIZE - 1);
        try {
            return Optional.of(new SegmentLocation(bytes[0] == COMPOSITE, buffer.getLong(), buffer.getInt()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
