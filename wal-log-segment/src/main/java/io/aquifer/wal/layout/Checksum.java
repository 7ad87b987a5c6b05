package io.aquifer.wal.layout;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC32C over a structure that holds its own checksum: the four bytes of the field count as zero. */
final class Checksum {

    private Checksum() {}

    /** The checksum of the first {@code length} bytes of {@code buffer}, its position being left alone. */
    static int compute(ByteBuffer buffer, int length, int fieldOffset) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(buffer.position(), fieldOffset));
        crc.update(0);
        crc.update(0);
        crc.update(0);
        crc.update(0);
        int rest = fieldOffset + Integer.BYTES;
        crc.update(buffer.slice(buffer.position() + rest, length - rest));
        return (int) crc.getValue();
    }
}
