package io.aquifer.format;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC32C of what is in objects. */
final class Checksum {

    private Checksum() {}

    /** Of {@code length} bytes from {@code offset} of the buffer's beginning. Position and limit stay. */
    static int of(ByteBuffer buffer, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(offset, length));
        return (int) crc.getValue();
    }

    /** The same, with the four bytes at {@code hole} taken as zero. */
    static int withHole(ByteBuffer buffer, int offset, int length, int hole) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(offset, hole - offset));
        crc.update(new byte[Integer.BYTES]);
        crc.update(buffer.slice(hole + Integer.BYTES, offset + length - hole - Integer.BYTES));
        return (int) crc.getValue();
    }
}
