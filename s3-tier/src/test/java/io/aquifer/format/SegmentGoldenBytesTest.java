package io.aquifer.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * Version 1 of the segment object, byte for byte. The file was not written by the code that it holds: it follows the tables in
 * the Javadoc. It never changes; a new version gets a file of its own.
 */
class SegmentGoldenBytesTest {

    private static final byte[] DATA = Segments.data(5000);
    private static final int BODY = DATA.length + 16 + 24 + 8 + 8;

    @Test
    void index_and_trailer_are_written_as_in_version_1() throws IOException {
        byte[] object = Segments.bytes(Segments.content(Segments.parts(DATA)));

        assertThat(HexFormat.of().formatHex(object, BODY, object.length))
                .isEqualTo(HexFormat.of().formatHex(golden()));
        assertThat(Arrays.copyOf(object, DATA.length)).isEqualTo(DATA);
    }

    @Test
    void index_and_trailer_of_version_1_are_read() throws IOException {
        ByteBuffer end = ByteBuffer.wrap(golden());
        ObjectTrailer trailer = ObjectTrailer.readFrom(ObjectKind.SEGMENT, end, BODY + end.capacity(), "an object");

        ByteBuffer bytes = end.slice(0, end.capacity() - ObjectTrailer.SIZE);
        trailer.verifyIndex(bytes, "an object");

        SegmentIndex index = SegmentIndex.readFrom(bytes, trailer, "an object");

        assertThat(index.info()).isEqualTo(Segments.INFO);
        assertThat(index.length(SegmentPart.DATA)).isEqualTo(DATA.length);
        assertThat(index.offset(SegmentPart.LEADER_EPOCHS)).isEqualTo(BODY - 8);
        assertThat(index.has(SegmentPart.TRANSACTION_INDEX)).isFalse();
        assertThat(index.chunkBytes()).isEqualTo(Segments.CHUNK);
        index.verify(SegmentPart.DATA, 0, ByteBuffer.wrap(DATA), "an object");
    }

    private static byte[] golden() throws IOException {
        try (InputStream file = SegmentGoldenBytesTest.class.getResourceAsStream("/golden/segment-end-v1.hex")) {
            String hex = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.US_ASCII);
            return HexFormat.of().parseHex(hex.replace("\n", ""));
        }
    }
}
