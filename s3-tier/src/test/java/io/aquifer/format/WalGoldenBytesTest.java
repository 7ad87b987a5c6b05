package io.aquifer.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * Version 1 of a WAL object's index and trailer, byte for byte. The file was not written by the code that it holds: it follows
 * the tables in the Javadoc. It never changes; a new version gets a file of its own.
 */
class WalGoldenBytesTest {

    @Test
    void index_and_trailer_are_written_as_in_version_1() throws IOException {
        byte[] object = WalFixtures.object();
        int body = WalFixtures.INFO.bodyLength();

        assertThat(HexFormat.of().formatHex(object, body, object.length))
                .isEqualTo(HexFormat.of().formatHex(golden()));
    }

    @Test
    void index_and_trailer_of_version_1_are_read() throws IOException {
        ByteBuffer end = ByteBuffer.wrap(golden());
        int length = WalFixtures.INFO.bodyLength() + end.capacity();
        ObjectTrailer trailer = ObjectTrailer.readFrom(ObjectKind.WAL, end, length, "an object");
        ByteBuffer bytes = end.slice(0, end.capacity() - ObjectTrailer.SIZE);
        trailer.verifyIndex(bytes, "an object");

        WalObjectIndex index = WalObjectIndex.readFrom(bytes, trailer, "an object");

        assertThat(index.info()).isEqualTo(WalFixtures.INFO);
        assertThat(index.logs()).isEqualTo(WalFixtures.INDEX.logs());
        assertThat(index.logs().keySet()).containsExactly(WalFixtures.FIRST, WalFixtures.SECOND);
    }

    private static byte[] golden() throws IOException {
        try (InputStream file = WalGoldenBytesTest.class.getResourceAsStream("/golden/wal-end-v1.hex")) {
            String hex = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.US_ASCII);
            return HexFormat.of().parseHex(hex.replace("\n", ""));
        }
    }
}
