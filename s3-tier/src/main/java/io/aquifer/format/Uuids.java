package io.aquifer.format;

import java.nio.ByteBuffer;
import java.util.UUID;

/** How an id of 16 bytes lies in every object: in big-endian buffers, its more significant half first. */
final class Uuids {

    private Uuids() {}

    static void put(ByteBuffer buffer, UUID id) {
        buffer.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    /** The next one. */
    static UUID get(ByteBuffer buffer) {
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    /** The one at an offset. */
    static UUID get(ByteBuffer buffer, int offset) {
        return new UUID(buffer.getLong(offset), buffer.getLong(offset + Long.BYTES));
    }
}
