package io.aquifer.object;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.CRC32C;

/** CRC32C as S3 has it in its headers. */
final class Crc32c {

    private Crc32c() {}

    /** The checksum of what remains in {@code buffer}, whose position isn't moved. */
    static int of(ByteBuffer buffer) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.duplicate());
        return (int) crc.getValue();
    }

    /** Base64 of the big-endian checksum. */
    static String header(int crc) {
        return Base64.getEncoder()
                .encodeToString(ByteBuffer.allocate(Integer.BYTES).putInt(crc).array());
    }
}
