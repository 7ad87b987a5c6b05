package io.aquifer.format;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Function;

/**
 * What an object begins with that is written and read as a whole: magic, version and the checksum of all of it.
 *
 * <pre>
 * bytes  0..7   magic
 * bytes  8..9   version
 * bytes 10..11  0
 * bytes 12..15  CRC32C of the whole object, these four bytes as 0
 * bytes 16..    what it is about
 * </pre>
 *
 * @param kind what such an object is, for messages
 * @param remedy what to do about one that can't be read, for messages
 */
record ObjectHeader(long magic, int version, String kind, String remedy) {

    static final int SIZE = 16;
    private static final int VERSION_OFFSET = 8;
    private static final int CRC_OFFSET = 12;

    /** An object of {@code size} bytes that has this header, with a place for the checksum; the rest is written next. */
    ByteBuffer begin(int size) {
        return ByteBuffer.allocate(size)
                .putLong(magic)
                .putShort((short) version)
                .putShort((short) 0)
                .putInt(0);
    }

    /** The whole object, ready to be read from position 0. */
    ByteBuffer seal(ByteBuffer object) {
        return object.putInt(CRC_OFFSET, Checksum.withHole(object, 0, object.capacity(), CRC_OFFSET))
                .flip();
    }

    /**
     * What all that remains in {@code source}, which is left alone, says behind its header.
     *
     * @param where what was read, for messages
     * @param decoder throws an IllegalArgumentException or a BufferUnderflowException where a field makes no sense
     * @throws ForeignObjectException if the magic is missing
     * @throws UnsupportedObjectVersionException if another version wrote it; its checksum is right
     * @throws DamagedObjectException if the checksum or a field is wrong, or something follows what was decoded
     */
    <T> T read(ByteBuffer source, String where, Function<ByteBuffer, T> decoder) throws ObjectFormatException {
        ByteBuffer object = source.slice().order(ByteOrder.BIG_ENDIAN);
        if (object.remaining() < SIZE || object.getLong(0) != magic) {
            throw new ForeignObjectException(where + " isn't a " + kind + ": it has " + object.remaining()
                    + " bytes and doesn't begin with the magic. " + remedy);
        }
        int expected = Checksum.withHole(object, 0, object.limit(), CRC_OFFSET);
        if (object.getInt(CRC_OFFSET) != expected) {
            throw new DamagedObjectException(String.format(
                    "%s has checksum %08x, its %d bytes give %08x. %s",
                    where, object.getInt(CRC_OFFSET), object.limit(), expected, remedy));
        }
        int found = Short.toUnsignedInt(object.getShort(VERSION_OFFSET));
        if (found != version) {
            throw new UnsupportedObjectVersionException("the " + kind + " " + where + " has version " + found
                    + ", this Aquifer reads version " + version + ". Use the release that wrote it");
        }
        try {
            T decoded = decoder.apply(object.position(SIZE));
            if (object.hasRemaining()) {
                throw new IllegalArgumentException(object.remaining() + " bytes behind its last field");
            }
            return decoded;
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            DamagedObjectException damaged =
                    new DamagedObjectException(where + " is invalid: " + e.getMessage() + ". " + remedy);
            damaged.initCause(e);
            throw damaged;
        }
    }
}
