package io.aquifer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.device.BlockDevices;
import io.aquifer.wal.device.DurabilitySetting;
import io.aquifer.wal.device.JnaNativeIo;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.Superblock;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A WAL is made of what is blank, and nothing is lost that wasn't given up in so many words. */
class FormatCommandTest {

    private static final LogId LOG = new LogId(new UUID(1, 2), 0, 3);

    @TempDir(factory = OnDisk.class)
    Path directory;

    @Test
    void aFileOfTheGivenSizeIsMade() throws IOException {
        Path file = directory.resolve("wal");
        Run run = format(file, "--size", "16M", "--json");
        assertThat(run.status()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(Files.size(file)).isEqualTo(16 << 20);
        Superblock superblock = superblock(file);
        JsonNode json = run.json();
        assertThat(json.get("created").asBoolean()).isTrue();
        assertThat(json.get("path").asText()).isEqualTo(file.toString());
        assertThat(json.get("walId").asText()).isEqualTo(superblock.walId().toString());
        assertThat(json.get("clusterId").asText()).isEqualTo("cluster").isEqualTo(superblock.clusterId());
        assertThat(json.get("nodeId").asInt()).isEqualTo(1).isEqualTo(superblock.nodeId());
        assertThat(json.get("capacity").asLong()).isEqualTo(16 << 20).isEqualTo(superblock.capacity());
        assertThat(json.get("ringSize").asLong()).isEqualTo(superblock.ringSize());
        assertThat(json.get("blockSize").asInt()).isEqualTo(superblock.blockSize());
        assertThat(json.get("overwritten")).isEmpty();
    }

    @Test
    void aBlankFileIsFormattedAndItsNewIdentityPrinted() throws IOException {
        Path file = blank();
        Run run = format(file);
        assertThat(run.status()).isZero();
        Superblock superblock = superblock(file);
        assertThat(run.out())
                .contains("Formatted " + file + " as the WAL of node 1 of cluster cluster")
                .contains("WAL id      " + superblock.walId())
                .contains("Capacity    16777216 bytes (16.0 MiB)")
                .contains("Ring        16769024 bytes (16.0 MiB)");
    }

    @Test
    void unknownDataIsRefusedAndLeftAlone() throws IOException {
        Path file = blank();
        SampleWal.damage(file, 12_345);
        byte[] before = Files.readAllBytes(file);
        Run run = format(file, "--json");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .hasLineCount(1)
                .contains(file + " holds unknown data at byte 12345.")
                .contains("--force");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void forceOverwritesAndSaysWhat() throws IOException {
        Path file = blank();
        SampleWal.damage(file, 12_345);
        JsonNode json = format(file, "--force", "--json").json();
        assertThat(json.get("overwritten")).hasSize(1);
        assertThat(json.get("overwritten").get(0).asText()).isEqualTo(file + " holds unknown data at byte 12345.");
        assertThat(superblock(file).walId().toString())
                .isEqualTo(json.get("walId").asText());
    }

    @Test
    void aWalWithRecordsIsRefusedWithItsOwnerAndHowMuchIsInIt() throws Exception {
        Path file = SampleWal.format(directory.resolve("wal"));
        try (SampleWal wal = SampleWal.open(file)) {
            wal.data(LOG, 0, 9, 5000).data(LOG, 10, 19, 100);
        }
        UUID before = superblock(file).walId();
        Run run = format(file);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .contains("the WAL " + before + " of node 7 of cluster sample-cluster")
                .contains("12288 bytes (12.0 KiB) in 2 records")
                .contains("--force");
        assertThat(superblock(file).walId()).isEqualTo(before);
        assertThat(format(file, "--force").out()).contains("Overwritten: ").contains(before.toString());
        assertThat(superblock(file).walId()).isNotEqualTo(before);
    }

    @Test
    void aDamagedWalIsRefusedAndSaidToBeDamaged() throws Exception {
        Path file = SampleWal.format(directory.resolve("wal"));
        try (SampleWal wal = SampleWal.open(file)) {
            wal.data(LOG, 0, 9, 100).data(LOG, 10, 19, 100).data(LOG, 20, 29, 100);
        }
        SampleWal.damage(file, Superblock.RING_OFFSET + 4096 + 100);
        Run run = format(file);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("in 1 records").contains("it is damaged behind that");
    }

    @Test
    void anEmptyWalIsRefusedTooButSaidToBeEmpty() throws IOException {
        Path file = SampleWal.format(directory.resolve("wal"));
        Run run = format(file);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("nothing in it that isn't trimmed yet");
    }

    @Test
    void aWalThatCantBeReadIsAWalAllTheSame() throws IOException {
        Path file = SampleWal.format(directory.resolve("wal"));
        SampleWal.damage(file, 100);
        SampleWal.damage(file, Superblock.SIZE + 100);
        Run run = format(file);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("holds a WAL that can't be read").contains("checksum");
    }

    @Test
    void aFileSystemMadeOnTopOfAWalIsFound() throws IOException {
        Path file = SampleWal.format(directory.resolve("wal"));
        put(file, 0x10040, "_BHRfS_M");
        Run run = format(file);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("holds the WAL").contains("holds a Btrfs file system");
    }

    @Test
    void aFileThatIsOpenElsewhereIsRefusedWithForceToo() throws IOException {
        Path file = SampleWal.format(directory.resolve("wal"));
        UUID before = superblock(file).walId();
        try (BlockDevice open = new BlockDevices(new JnaNativeIo()).openForWriting(file, DurabilitySetting.AUTO)) {
            Run run = format(file, "--force");
            assertThat(run.status()).isEqualTo(1);
            assertThat(run.err())
                    .contains(open.path() + " is in use by another process.")
                    .contains("never");
        }
        assertThat(superblock(file).walId()).isEqualTo(before);
    }

    @Test
    void aSizeMustBeThatOfWhatExists() throws IOException {
        Path file = blank();
        Run run = format(file, "--size", "1G");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("has 16777216 bytes (16.0 MiB), not the 1073741824 bytes (1.0 GiB) of --size");
        assertThat(format(file, "--size", "16384k").status()).isZero();
    }

    @Test
    void withoutASizeNothingIsMade() {
        Path file = directory.resolve("missing");
        Run run = format(file);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains(file + " doesn't exist").contains("--size");
        assertThat(file).doesNotExist();
    }

    @Test
    void noFileIsMadeAmongTheDevices() {
        Path file = Path.of("/dev/aquifer-test-device");
        Run run = format(file, "--size", "16M");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains(file + " doesn't exist");
        assertThat(file).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"16777215", "4096", "16777217"})
    void aSizeThatCantServeLeavesNothing(String size) {
        Path file = directory.resolve("wal");
        Run run = format(file, "--size", size);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains(size);
        assertThat(file).doesNotExist();
    }

    @Test
    void aFileMadeInVainIsRemoved() {
        Path file = directory.resolve("wal");
        Run run = Run.aquifer("wal", "format", file, "--cluster-id", "c".repeat(255), "--node-id", 1, "--size", "16M");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains("cluster id");
        assertThat(file).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "ten", "10X", "99999999999999T", "1.5G", "K"})
    void whatIsNoSizeIsNotUnderstood(String size) {
        Run run = format(directory.resolve("wal"), "--size=" + size);
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).hasLineCount(1).contains("'" + size + "'").contains("--size");
    }

    @Test
    void anOwnerMustBeNamed() throws IOException {
        Path file = blank();
        assertThat(Run.aquifer("wal", "format", file, "--node-id", 1))
                .satisfies(run -> assertThat(run.status()).isEqualTo(2))
                .satisfies(run -> assertThat(run.err()).hasLineCount(1).contains("--cluster-id"));
        assertThat(Run.aquifer("wal", "format", file, "--cluster-id", "c", "--node-id", -1)
                        .status())
                .isEqualTo(2);
        assertThat(Run.aquifer("wal", "format", file, "--cluster-id", " ", "--node-id", 1)
                        .status())
                .isEqualTo(2);
    }

    private static Run format(Path path, Object... more) {
        Object[] arguments = new Object[7 + more.length];
        Object[] first = {"wal", "format", path, "--cluster-id", "cluster", "--node-id", 1};
        System.arraycopy(first, 0, arguments, 0, first.length);
        System.arraycopy(more, 0, arguments, first.length, more.length);
        return Run.aquifer(arguments);
    }

    private Path blank() throws IOException {
        return Files.write(directory.resolve("blank"), new byte[(int) SampleWal.SIZE]);
    }

    private static Superblock superblock(Path path) throws IOException {
        try (WalOnDevice wal = WalOnDevice.open(path)) {
            return wal.superblock();
        }
    }

    private static void put(Path file, long position, String text) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(position);
            bytes.write(text.getBytes(StandardCharsets.US_ASCII));
        }
    }
}
