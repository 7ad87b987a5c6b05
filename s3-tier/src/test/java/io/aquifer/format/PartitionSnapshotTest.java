package io.aquifer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Version 1 of the snapshot, byte for byte. The file was not written by the code that it holds: it follows the table in the
 * Javadoc. It never changes; a new version gets a file of its own.
 */
class PartitionSnapshotTest {

    private static final UUID TOPIC = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    private static final PartitionSnapshot SNAPSHOT = new PartitionSnapshot(
            TOPIC,
            9,
            12,
            8,
            5,
            new TreeMap<>(Map.of(3, 149L, 7, 199L)),
            List.of(
                    new SnapshotSegment(
                            info(
                                    "ffeeddcc-bbaa-9988-7766-554433221100",
                                    100,
                                    199,
                                    1000,
                                    2000,
                                    5,
                                    true,
                                    Map.of(3, 90L, 7, 150L)),
                            4096,
                            Optional.of(ByteBuffer.wrap(new byte[] {1, 2, 3})),
                            false),
                    new SnapshotSegment(
                            info("0f0e0d0c-0b0a-0908-0706-050403020100", 0, 99, 900, 2100, 6, false, Map.of(3, 0L)),
                            8192,
                            Optional.empty(),
                            true)));

    private static SegmentInfo info(
            String id,
            long base,
            long end,
            long max,
            long changed,
            int broker,
            boolean empty,
            Map<Integer, Long> epochs) {
        TreeMap<Integer, Long> sorted = new TreeMap<>(epochs);
        SegmentName name = new SegmentName(TOPIC, 9, base, end, sorted.lastKey(), UUID.fromString(id));
        return new SegmentInfo(name, max, changed, broker, empty, sorted);
    }

    @Test
    void a_snapshot_is_written_as_in_version_1() throws IOException {
        assertThat(HexFormat.of().formatHex(SNAPSHOT.toBytes().array()))
                .isEqualTo(HexFormat.of().formatHex(golden()));
    }

    @Test
    void a_snapshot_of_version_1_is_read() throws IOException {
        assertThat(PartitionSnapshot.readFrom(ByteBuffer.wrap(golden()), "an object"))
                .isEqualTo(SNAPSHOT);
    }

    @Test
    void every_damaged_byte_is_noticed() throws IOException {
        byte[] golden = golden();
        for (int i = 0; i < golden.length; i++) {
            byte[] damaged = golden.clone();
            damaged[i] ^= 0x10;
            assertThatThrownBy(() -> PartitionSnapshot.readFrom(ByteBuffer.wrap(damaged), "an object"))
                    .as("byte %d", i)
                    .isInstanceOfAny(DamagedObjectException.class, ForeignObjectException.class);
        }
    }

    @Test
    void every_lost_end_is_noticed() throws IOException {
        byte[] golden = golden();
        for (int length = 0; length < golden.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(Arrays.copyOf(golden, length));
            assertThatThrownBy(() -> PartitionSnapshot.readFrom(cut, "an object"))
                    .as("%d bytes", length)
                    .isInstanceOf(ObjectFormatException.class);
        }
    }

    @Test
    void a_count_that_the_bytes_do_not_bear_out_is_damage_though_the_checksum_is_right() throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(golden()).putInt(56, 3);
        bytes.putInt(12, Checksum.withHole(bytes, 0, bytes.capacity(), 12));

        assertThatThrownBy(() -> PartitionSnapshot.readFrom(bytes, "an object"))
                .isInstanceOf(DamagedObjectException.class);
    }

    @Test
    void a_later_version_is_told_from_damage() throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(golden()).putShort(8, (short) 2);
        bytes.putInt(12, Checksum.withHole(bytes, 0, bytes.capacity(), 12));

        assertThatThrownBy(() -> PartitionSnapshot.readFrom(bytes, "an object"))
                .isInstanceOf(UnsupportedObjectVersionException.class);
    }

    @Test
    void snapshots_come_before_the_segments_of_their_partition_and_in_their_order() {
        ClusterKeys keys = ClusterKeys.of("prefix", "cluster");
        String ninth = keys.snapshot(TOPIC, 9, 9);
        String tenth = keys.snapshot(TOPIC, 9, 10);

        assertThat(ninth).isLessThan(tenth);
        assertThat(tenth).isLessThan(keys.segment(new SegmentName(TOPIC, 9, 0, 0, 0, TOPIC)));
        assertThat(ninth).startsWith(keys.segmentsOf(TOPIC, 9)).startsWith(keys.snapshotsOf(TOPIC, 9));
        assertThat(keys.snapshotOf(TOPIC, 9, tenth)).isEqualTo(OptionalLong.of(10));
        assertThat(keys.snapshotOf(TOPIC, 8, tenth)).isEmpty();
        assertThat(keys.snapshotOf(TOPIC, 9, tenth + "0")).isEmpty();
        assertThat(keys.segmentOf(tenth)).isEmpty();
    }

    private static byte[] golden() throws IOException {
        try (InputStream file = PartitionSnapshotTest.class.getResourceAsStream("/golden/partition-snapshot-v1.hex")) {
            String hex = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.US_ASCII);
            return HexFormat.of().parseHex(hex.replace("\n", ""));
        }
    }
}
