package io.aquifer.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The end of a segment object, a composite segment, a WAL object or the seal of a WAL, from which it is opened.
 *
 * <p>32 bytes, big-endian. In every version, magic, version and checksum keep their places, and the trailer is the last 32
 * bytes of the object, so that a release that doesn't know a version can tell it from damage:
 *
 * <pre>
 * offset size
 *      0    8  magic: "AQUIFSEG" of a segment object, "AQUIFCMP" of a composite segment, "AQUIFWAL" of a WAL object,
 *              "AQUIFEND" of a seal
 *      8    2  version, 1
 *     10    2  zero
 *     12    4  CRC32C of these 32 bytes, this field taken as zero
 *     16    8  length of the whole object, these 32 bytes included
 *     24    4  length of the index, which ends where the trailer begins
 *     28    4  CRC32C of the index
 * </pre>
 *
 * @param objectLength in bytes
 * @param indexLength in bytes
 */
record ObjectTrailer(ObjectKind kind, long objectLength, int indexLength, int indexChecksum) {

    static final int SIZE = 32;
    static final int VERSION = 1;

    private static final int CRC_OFFSET = 12;

    ObjectTrailer {
        kind.requireLengths(objectLength, indexLength);
    }

    /** Where the index begins in the object. */
    long indexOffset() {
        return objectLength - SIZE - indexLength;
    }

    /** Writes {@link #SIZE} bytes at the buffer's position and advances it. */
    void writeTo(ByteBuffer target) {
        ByteBuffer buffer = target.slice(target.position(), SIZE).order(ByteOrder.BIG_ENDIAN);
        buffer.putLong(0, kind.magic());
        buffer.putShort(8, (short) VERSION);
        buffer.putShort(10, (short) 0);
        buffer.putLong(16, objectLength);
        buffer.putInt(24, indexLength);
        buffer.putInt(28, indexChecksum);
        buffer.putInt(CRC_OFFSET, Checksum.withHole(buffer, 0, SIZE, CRC_OFFSET));
        target.position(target.position() + SIZE);
    }

    /**
     * Reads the last {@link #SIZE} bytes before the buffer's limit. The buffer is left alone.
     *
     * @param objectLength as the store says
     * @param where what was read, for messages
     * @throws ForeignObjectException if the magic is missing
     * @throws UnsupportedObjectVersionException if another version wrote it; its checksum is right
     * @throws DamagedObjectException if the checksum or a field is wrong
     */
    static ObjectTrailer readFrom(ObjectKind kind, ByteBuffer source, long objectLength, String where)
            throws ObjectFormatException {
        if (source.remaining() < SIZE) {
            throw new ForeignObjectException(where + " isn't a " + kind.noun() + ": it has " + objectLength
                    + " bytes, less than a trailer of " + SIZE + ". Look for what else writes under this prefix");
        }
        ByteBuffer buffer = source.slice(source.limit() - SIZE, SIZE).order(ByteOrder.BIG_ENDIAN);
        if (buffer.getLong(0) != kind.magic()) {
            throw new ForeignObjectException(String.format(
                    "%s isn't a %s, or its end is cut off: its trailer, the last %d of %d bytes, begins with %016x instead"
                            + " of %016x. Look for what else writes under this prefix. %s",
                    where, kind.noun(), SIZE, objectLength, buffer.getLong(0), kind.magic(), kind.remedy()));
        }
        int expected = Checksum.withHole(buffer, 0, SIZE, CRC_OFFSET);
        int found = buffer.getInt(CRC_OFFSET);
        if (found != expected) {
            throw new DamagedObjectException(String.format(
                    "the trailer of %s has checksum %08x, its bytes give %08x. %s",
                    where, found, expected, kind.remedy()));
        }
        int version = Short.toUnsignedInt(buffer.getShort(8));
        if (version != VERSION) {
            throw new UnsupportedObjectVersionException("the " + kind.noun() + " " + where + " has version " + version
                    + ", this Aquifer reads version " + VERSION + ". Use the release that wrote it");
        }
        if (buffer.getLong(16) != objectLength) {
            throw new DamagedObjectException(where + " has " + objectLength + " bytes, its trailer says "
                    + buffer.getLong(16) + ". " + kind.remedy());
        }
        try {
            return new ObjectTrailer(kind, objectLength, buffer.getInt(24), buffer.getInt(28));
        } catch (IllegalArgumentException e) {
            throw kind.invalid("trailer", where, e);
        }
    }

    /**
     * Makes sure that all that remains in {@code index}, which is left alone, is the index that this trailer was written for.
     *
     * @param where what was read, for messages
     * @throws DamagedObjectException if it isn't
     */
    void verifyIndex(ByteBuffer index, String where) throws DamagedObjectException {
        int found = Checksum.of(index, index.position(), index.remaining());
        if (index.remaining() != indexLength || found != indexChecksum) {
            throw new DamagedObjectException(String.format(
                    "the %d bytes of the index of %s give checksum %08x where its trailer has %08x for %d bytes. %s",
                    index.remaining(), where, found, indexChecksum, indexLength, kind.remedy()));
        }
    }
}
