package io.aquifer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Version 1 of the record, byte for byte. The file was not written by the code that it holds: it follows the table in the
 * Javadoc. It never changes; a new version gets a file of its own.
 */
class CollectionRecordTest {

    private static final CollectionRecord RECORD = new CollectionRecord(
            0x0102030405060708L,
            UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"),
            7,
            new TreeMap<>(Map.of(new WalEpoch(1, 9), numbers(), new WalEpoch(2, 3), LongRanges.of(5, 6))),
            new TreeSet<>(List.of(
                    UUID.fromString("0f0e0d0c-0b0a-0908-0706-050403020100"),
                    UUID.fromString("10111213-1415-1617-1819-1a1b1c1d1e1f"))),
            new TreeSet<>(List.of("segment/a", "segment/b/c")));

    private static LongRanges numbers() {
        LongRanges numbers = LongRanges.of(0, 4);
        numbers.add(6, 1000);
        return numbers;
    }

    @Test
    void a_record_is_written_as_in_version_1() throws IOException {
        assertThat(HexFormat.of().formatHex(RECORD.toBytes().array()))
                .isEqualTo(HexFormat.of().formatHex(golden()));
    }

    @Test
    void a_record_of_version_1_is_read() throws IOException {
        assertThat(CollectionRecord.readFrom(ByteBuffer.wrap(golden()), "an object"))
                .isEqualTo(RECORD);
    }

    @Test
    void every_damaged_byte_is_noticed() throws IOException {
        byte[] golden = golden();
        for (int i = 0; i < golden.length; i++) {
            byte[] damaged = golden.clone();
            damaged[i] ^= 0x10;
            assertThatThrownBy(() -> CollectionRecord.readFrom(ByteBuffer.wrap(damaged), "an object"))
                    .as("byte %d", i)
                    .isInstanceOfAny(DamagedObjectException.class, ForeignObjectException.class);
        }
    }

    @Test
    void every_field_out_of_range_is_an_error_though_the_checksum_is_right() throws IOException {
        byte[] golden = golden();
        for (int i = 16; i < golden.length; i++) {
            byte[] wrong = golden.clone();
            wrong[i] ^= (byte) 0x80;
            ByteBuffer buffer = ByteBuffer.wrap(wrong);
            buffer.putInt(12, Checksum.withHole(buffer, 0, wrong.length, 12));
            try {
                CollectionRecord read = CollectionRecord.readFrom(buffer, "an object");
                assertThat(read).as("byte %d", i).isNotEqualTo(RECORD);
            } catch (ObjectFormatException e) {
                assertThat(e).as("byte %d", i).isInstanceOf(DamagedObjectException.class);
            }
        }
    }

    @Test
    void a_record_that_is_cut_off_is_an_error() throws IOException {
        byte[] golden = golden();
        for (int length = 0; length < golden.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(golden, 0, length).slice();
            assertThatThrownBy(() -> CollectionRecord.readFrom(cut, "an object"))
                    .isInstanceOf(ObjectFormatException.class);
        }
    }

    @Test
    void another_version_is_told_from_damage() throws IOException {
        ByteBuffer other = ByteBuffer.wrap(golden());
        other.putShort(8, (short) 2);
        other.putInt(12, Checksum.withHole(other, 0, other.capacity(), 12));

        assertThatThrownBy(() -> CollectionRecord.readFrom(other, "an object"))
                .isInstanceOf(UnsupportedObjectVersionException.class)
                .hasMessageContaining("version 2");
    }

    @Test
    void numbers_are_condemned_in_their_epoch_only() {
        assertThat(RECORD.condemns(new WalObjectName(1, 9, 6))).isTrue();
        assertThat(RECORD.condemns(new WalObjectName(1, 9, 5))).isFalse();
        assertThat(RECORD.condemns(new WalObjectName(2, 9, 6))).isFalse();
    }

    private static byte[] golden() throws IOException {
        try (InputStream file = CollectionRecordTest.class.getResourceAsStream("/golden/collection-record-v1.hex")) {
            String hex = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.US_ASCII);
            return HexFormat.of().parseHex(hex.replace("\n", ""));
        }
    }
}
