package io.aquifer.wal.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.sim.SeedExtension;
import io.aquifer.sim.Seeds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedExtension.class)
class SuperblockTest {

    private static final int CRC_OFFSET = 12;
    private static final Superblock SUPERBLOCK = new Superblock(
            7, new UUID(1, 2), 3, 4096, 4, Superblock.RING_OFFSET + (1 << 20), 8192, 4096, false, "cluster", List.of());

    @Test
    void openingRaisesSequenceAndEpochAndForgetsTheCleanShutdown() {
        List<UUID> directories = List.of(new UUID(5, 6));
        Superblock closed = SUPERBLOCK.trimmed(8192, true);
        assertThat(closed.opened(12288, directories))
                .isEqualTo(new Superblock(
                        9,
                        new UUID(1, 2),
                        4,
                        4096,
                        4,
                        SUPERBLOCK.capacity(),
                        8192,
                        12288,
                        false,
                        "cluster",
                        directories));
    }

    @Test
    void positionsGoRoundTheRing() {
        assertThat(SUPERBLOCK.deviceOffset(0)).isEqualTo(Superblock.RING_OFFSET);
        assertThat(SUPERBLOCK.deviceOffset((1 << 20) - 4096)).isEqualTo(SUPERBLOCK.capacity() - 4096);
        assertThat(SUPERBLOCK.deviceOffset(5L * (1 << 20) + 4096)).isEqualTo(Superblock.RING_OFFSET + 4096);
    }

    @Test
    void aBlockIsAtMostAQuarterOfTheRingAndNeverLongerThanTheLimit() {
        assertThat(SUPERBLOCK.maxBlockLength()).isEqualTo(1 << 18);
        assertThat(withCapacity(Superblock.RING_OFFSET + (1L << 40)).maxBlockLength())
                .isEqualTo(Superblock.MAX_BLOCK_LENGTH);
        assertThat(withCapacity(Superblock.RING_OFFSET + 7 * 4096).maxBlockLength())
                .isEqualTo(4096);
    }

    @Test
    void theLongestClusterIdAndTheMostDirectoriesFit() throws IOException {
        Superblock full = new Superblock(
                7,
                new UUID(1, 2),
                3,
                512,
                4,
                SUPERBLOCK.capacity(),
                0,
                0,
                true,
                "ü".repeat(127),
                Collections.nCopies(128, new UUID(-1, -1)));
        assertThat(Superblock.readFrom(written(full), "memory")).isEqualTo(full);
    }

    @Test
    void impossibleFieldsAreRefused() {
        refused(() -> withBlockSize(256), "block size");
        refused(() -> withBlockSize(131072), "block size");
        refused(() -> withBlockSize(5000), "block size");
        refused(() -> withCapacity(Superblock.RING_OFFSET + 3 * 4096), "capacity");
        refused(() -> withCapacity(SUPERBLOCK.capacity() + 512), "capacity");
        refused(() -> SUPERBLOCK.trimmed(-4096, false), "trim position");
        refused(() -> SUPERBLOCK.trimmed(512, false), "trim position");
        refused(() -> SUPERBLOCK.trimmed(Long.MAX_VALUE / 4096 * 4096, false), "trim position");
        refused(() -> SUPERBLOCK.opened(512, List.of()), "epoch start");
        refused(() -> SUPERBLOCK.opened(-4096, List.of()), "epoch start");
        refused(() -> withClusterId("ü".repeat(128)), "cluster id");
        refused(() -> SUPERBLOCK.opened(0, Collections.nCopies(129, new UUID(0, 0))), "129 log directories");
    }

    @Test
    void theCauseOfAnUnreadableSuperblockIsNamed() {
        assertThatThrownBy(() -> Superblock.readFrom(ByteBuffer.allocate(Superblock.SIZE), "slot 1 of /dev/x"))
                .isInstanceOf(NotAWalException.class)
                .hasMessageContaining("slot 1 of /dev/x");

        ByteBuffer flipped = written(SUPERBLOCK);
        flipped.put(4000, (byte) 1);
        assertThatThrownBy(() -> Superblock.readFrom(flipped, "slot 1 of /dev/x"))
                .isInstanceOf(CorruptWalException.class)
                .hasMessageContaining("slot 1 of /dev/x")
                .hasMessageContaining("checksum");

        ByteBuffer newer = written(SUPERBLOCK);
        newer.putShort(8, (short) 2);
        assertThatThrownBy(() -> Superblock.readFrom(newer, "slot 1 of /dev/x"))
                .as("a damaged version isn't a newer one")
                .isInstanceOf(CorruptWalException.class);
        assertThatThrownBy(() -> Superblock.readFrom(checked(newer), "slot 1 of /dev/x"))
                .isInstanceOf(UnsupportedWalVersionException.class)
                .hasMessageContaining("version 2");
    }

    @Test
    void whateverAValidChecksumCoversIsReadOrRefusedByName(Seeds seeds) {
        seeds.forEach(20_000, random -> {
            ByteBuffer fuzzed = written(SUPERBLOCK);
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                fuzz(fuzzed, random);
            }
            try {
                Superblock read = Superblock.readFrom(checked(fuzzed), "memory");
                assertThat(read.sequence()).isEqualTo(fuzzed.getLong(16));
                assertThat(read.trimPosition()).isEqualTo(fuzzed.getLong(64));
                assertThat(Superblock.readFrom(written(read), "memory")).isEqualTo(read);
            } catch (WalFormatException e) {
                assertThat(e).hasMessageContaining("memory");
            }
        });
    }

    private static void fuzz(ByteBuffer buffer, RandomGenerator random) {
        int[] fields = {8, 16, 40, 48, 52, 56, 64, 72, 80, 88, 344};
        int field = fields[random.nextInt(fields.length)];
        switch (random.nextInt(4)) {
            case 0 -> buffer.put(field + random.nextInt(8), (byte) random.nextInt());
            case 1 -> buffer.putShort(field, (short) random.nextInt());
            case 2 -> buffer.putInt(field, random.nextInt());
            default ->
                buffer.putLong(field, random.nextBoolean() ? random.nextLong() : Long.MAX_VALUE - random.nextInt(9000));
        }
    }

    private static void refused(Runnable making, String why) {
        assertThatThrownBy(making::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    private static Superblock withBlockSize(int blockSize) {
        return with(blockSize, SUPERBLOCK.capacity(), "cluster");
    }

    private static Superblock withCapacity(long capacity) {
        return with(4096, capacity, "cluster");
    }

    private static Superblock withClusterId(String clusterId) {
        return with(4096, SUPERBLOCK.capacity(), clusterId);
    }

    private static Superblock with(int blockSize, long capacity, String clusterId) {
        return new Superblock(7, new UUID(1, 2), 3, blockSize, 4, capacity, 0, 0, false, clusterId, List.of());
    }

    private static ByteBuffer written(Superblock superblock) {
        ByteBuffer buffer = ByteBuffer.allocate(Superblock.SIZE);
        superblock.writeTo(buffer);
        return buffer.flip();
    }

    private static ByteBuffer checked(ByteBuffer buffer) {
        return buffer.putInt(CRC_OFFSET, Checksum.compute(buffer, Superblock.SIZE, CRC_OFFSET));
    }
}
