package io.aquifer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.RecordKind;
import io.aquifer.wal.layout.Superblock;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator sees whose a WAL is, what is in it and whether it verifies. */
class InspectCommandTest {

    private static final LogId ORDERS = new LogId(new UUID(0x0102030405060708L, 0x090a0b0c0d0e0f10L), 3, 0xfeedL);
    private static final LogId GONE = new LogId(new UUID(5, 6), 0, -1);
    private static final LogId NAMELESS = new LogId(new UUID(7, 8), 1, 2);

    @TempDir(factory = OnDisk.class)
    Path directory;

    private Path file;

    @BeforeEach
    void format() throws IOException {
        file = SampleWal.format(directory.resolve("wal"));
    }

    @Test
    void aNewWalIsEmptyCleanAndItsOwners() throws IOException {
        JsonNode wal = inspect();
        assertThat(wal.get("path").asText()).isEqualTo(file.toString());
        assertThat(wal.get("clusterId").asText()).isEqualTo("sample-cluster");
        assertThat(wal.get("nodeId").asInt()).isEqualTo(7);
        assertThat(wal.get("epoch").asLong()).isZero();
        assertThat(wal.get("cleanShutdown").asBoolean()).isTrue();
        assertThat(wal.get("inUse").asBoolean()).isFalse();
        assertThat(wal.get("overtaken").asBoolean()).isFalse();
        assertThat(wal.get("deviceSize").asLong()).isEqualTo(SampleWal.SIZE);
        assertThat(wal.get("usedBytes").asLong()).isZero();
        assertThat(wal.get("verification").get("endReason").asText()).contains("where a block was expected");
        assertThat(wal.get("partitions")).isEmpty();
        assertThat(Run.aquifer("wal", "inspect", file).out())
                .contains("node 7 of cluster sample-cluster")
                .contains("Partitions: 0");
    }

    @Test
    void whatItHoldsIsCountedAndNamed() throws Exception {
        try (SampleWal wal = SampleWal.open(file)) {
            wal.data(NAMELESS, 40, 41, 10);
            wal.checkpoint(ORDERS, "orders", 5, 10).data(ORDERS, 10, 19, 5000).data(ORDERS, 20, 29, 6000);
            wal.checkpoint(GONE, "gone", 0, 0).data(GONE, 0, 0, 100).control(RecordKind.DELETE, GONE, 0);
        }
        JsonNode wal = inspect();
        assertThat(wal.get("epoch").asLong()).isEqualTo(1);
        assertThat(wal.get("cleanShutdown").asBoolean()).isFalse();
        assertThat(wal.get("directoryIds").get(0).asText()).isEqualTo("EjRWeJq8Te-BI0VniavN7w");
        assertThat(wal.get("trimPosition").asLong()).isZero();
        assertThat(wal.get("endPosition").asLong()).isEqualTo(9 * 4096);
        assertThat(wal.get("usedBytes").asLong()).isEqualTo(9 * 4096);
        assertThat(wal.get("usedPercent").asDouble()).isEqualTo(0.22);
        assertThat(wal.get("verification").get("blocks").asLong()).isEqualTo(7);
        assertThat(wal.get("verification").get("records").asLong()).isEqualTo(7);

        assertThat(wal.get("partitions")).hasSize(3);
        JsonNode gone = wal.get("partitions").get(0);
        assertThat(gone.get("topic").asText()).isEqualTo("gone");
        assertThat(gone.get("deleted").asBoolean()).isTrue();
        assertThat(gone.get("incarnation").asText()).isEqualTo("ffffffffffffffff");
        assertThat(gone.get("bytes").asLong()).isZero();

        JsonNode orders = wal.get("partitions").get(1);
        assertThat(orders.get("topic").asText()).isEqualTo("orders");
        assertThat(orders.get("topicId").asText()).isEqualTo("AQIDBAUGBwgJCgsMDQ4PEA");
        assertThat(orders.get("partition").asInt()).isEqualTo(3);
        assertThat(orders.get("incarnation").asText()).isEqualTo("000000000000feed");
        assertThat(orders.get("logStartOffset").asLong()).isEqualTo(5);
        assertThat(orders.get("endOffset").asLong()).isEqualTo(30);
        assertThat(orders.get("extents").asInt()).isEqualTo(2);
        assertThat(orders.get("bytes").asLong()).isEqualTo(11_000);
        assertThat(orders.get("deleted").asBoolean()).isFalse();

        JsonNode nameless = wal.get("partitions").get(2);
        assertThat(nameless.get("topic").isNull()).isTrue();
        assertThat(nameless.get("logStartOffset").isNull()).isTrue();
        assertThat(nameless.get("endOffset").asLong()).isEqualTo(42);

        assertThat(Run.aquifer("wal", "inspect", file).out())
                .containsPattern("orders +3 +AQIDBAUGBwgJCgsMDQ4PEA +000000000000feed +5 +30 +2 +11000 +live")
                .containsPattern("gone +0 .* deleted")
                .containsPattern("- +1 .* - +42 +1 +10 +live");
    }

    @Test
    void itMayBeReadWhileABrokerOwnsIt() throws Exception {
        try (SampleWal wal = SampleWal.open(file)) {
            wal.data(ORDERS, 0, 9, 100);
            JsonNode json = inspect();
            assertThat(json.get("inUse").asBoolean()).isTrue();
            assertThat(json.get("verification").get("records").asLong()).isEqualTo(1);
            assertThat(Run.aquifer("wal", "inspect", file).out()).contains("moving picture");
            wal.data(ORDERS, 10, 19, 100);
        }
        assertThat(inspect().get("verification").get("records").asLong()).isEqualTo(2);
        assertThat(Run.aquifer("wal", "inspect", file).out()).doesNotContain("moving picture");
    }

    @Test
    void afterAnOrderlyEndItIsCleanAndTrimmed() throws Exception {
        try (SampleWal wal = SampleWal.open(file)) {
            wal.data(ORDERS, 0, 9, 100).trimAll(true);
        }
        JsonNode wal = inspect();
        assertThat(wal.get("cleanShutdown").asBoolean()).isTrue();
        assertThat(wal.get("trimPosition").asLong()).isEqualTo(4096);
        assertThat(wal.get("usedBytes").asLong()).isZero();
        assertThat(Run.aquifer("wal", "inspect", file).out()).containsPattern("Shutdown +clean\\n");
    }

    @Test
    void bothSuperblocksAreShownAndWhatIsWrongWithOne() throws Exception {
        try (SampleWal wal = SampleWal.open(file)) {
            wal.data(ORDERS, 0, 9, 100).trimAll(false);
        }
        JsonNode whole = inspect().get("superblocks");
        assertThat(whole).hasSize(2);
        int current = whole.get(0).get("current").asBoolean() ? 0 : 1;
        assertThat(whole.get(current).get("trimPosition").asLong()).isEqualTo(4096);
        assertThat(whole.get(1 - current).get("current").asBoolean()).isFalse();
        assertThat(whole.get(1 - current).get("sequence").asLong())
                .isEqualTo(whole.get(current).get("sequence").asLong() - 1);

        SampleWal.damage(file, (long) current * Superblock.SIZE + 100);
        JsonNode damaged = inspect().get("superblocks");
        assertThat(damaged.get(current).get("problem").asText())
                .contains("slot " + current)
                .contains("checksum");
        assertThat(damaged.get(current).get("sequence").isNull()).isTrue();
        assertThat(damaged.get(1 - current).get("current").asBoolean()).isTrue();
        assertThat(Run.aquifer("wal", "inspect", file).out()).containsPattern("Slot " + current + " .*checksum");
    }

    @Test
    void aWriteThatWasCutOffIsItsEnd() throws Exception {
        try (SampleWal wal = SampleWal.open(file)) {
            wal.data(ORDERS, 0, 9, 100).data(ORDERS, 10, 19, 100);
        }
        SampleWal.damage(file, Superblock.RING_OFFSET + 4096 + 200);
        JsonNode wal = inspect();
        assertThat(wal.get("endPosition").asLong()).isEqualTo(4096);
        assertThat(wal.get("verification").get("records").asLong()).isEqualTo(1);
        assertThat(wal.get("verification").get("damaged").asBoolean()).isFalse();
        assertThat(wal.get("verification").get("endReason").asText()).contains("checksum");
    }

    @Test
    void damageInTheMiddleIsAFailureAndWhatCanBeReadIsShownAllTheSame() throws Exception {
        try (SampleWal wal = SampleWal.open(file)) {
            wal.data(ORDERS, 0, 9, 100).data(ORDERS, 10, 19, 100).data(ORDERS, 20, 29, 100);
        }
        SampleWal.damage(file, Superblock.RING_OFFSET + 4096 + 200);
        Run run = Run.aquifer("wal", "inspect", file, "--json");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains("The WAL on " + file + " is damaged");
        JsonNode wal = run.json();
        assertThat(wal.get("endPosition").asLong()).isEqualTo(4096);
        assertThat(wal.get("overtaken").asBoolean()).isFalse();
        assertThat(wal.get("verification").get("damaged").asBoolean()).isTrue();
        assertThat(wal.get("verification").get("endReason").asText()).contains("damaged at position 4096");
        assertThat(wal.get("partitions").get(0).get("endOffset").asLong()).isEqualTo(10);
        assertThat(Run.aquifer("wal", "inspect", file).out()).contains("DAMAGED at the end position");
    }

    @Test
    void whereThereIsNoWalItSaysSo() throws IOException {
        Path other = Files.write(directory.resolve("other"), new byte[1 << 20]);
        Run run = Run.aquifer("wal", "inspect", other, "--json");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).hasLineCount(1).contains(other + " holds no WAL");
    }

    @Test
    void aMissingDeviceIsSaidToBeMissing() {
        Run run = Run.aquifer("wal", "inspect", directory.resolve("missing"));
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains("doesn't exist");
    }

    @Test
    void aDeviceThatHasShrunkIsRefused() throws IOException {
        try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
            cut.setLength(SampleWal.SIZE / 2);
        }
        Run run = Run.aquifer("wal", "inspect", file);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("formatted with 16777216 bytes").contains("only 8388608 bytes");
    }

    private JsonNode inspect() throws IOException {
        Run run = Run.aquifer("wal", "inspect", file, "--json");
        assertThat(run.status()).as(run.err()).isZero();
        return run.json();
    }
}
