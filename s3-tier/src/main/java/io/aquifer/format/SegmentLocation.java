package io.aquifer.format;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * How to find the index of a segment object in one read of the right size. It is a hint: an object is also found without
 * it, and is believed where it says something else.
 *
 * <p>13 bytes, big-endian, which Kafka keeps as the custom metadata of a segment:
 *
 * <pre>
 * offset size
 *      0    1  version, 1
 *      1    8  length of the whole object
 *      9    4  length of the index
 * </pre>
 *
 * @param objectLength in bytes
 * @param indexLength in bytes
 */
public record SegmentLocation(long objectLength, int indexLength) {

    private static final byte VERSION = 1;
    private static final int SIZE = 13;

    public SegmentLocation {
        ObjectKind.SEGMENT.requireLengths(objectLength, indexLength);
    }

    public byte[] toBytes() {
        return ByteBuffer.allocate(SIZE)
                .put(VERSION)
                .putLong(objectLength)
                .putInt(indexLength)
                .array();
    }

    /** What the bytes say, or nothing when they are of another version or make no sense. */
    public static Optional<SegmentLocation> fromBytes(byte[] bytes) {
        if (bytes.length != SIZE || bytes[0] != VERSION) {
            return Optional.empty();
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 1, SIZE - 1);
        try {
            return Optional.of(new SegmentLocation(buffer.getLong(), buffer.getInt()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
