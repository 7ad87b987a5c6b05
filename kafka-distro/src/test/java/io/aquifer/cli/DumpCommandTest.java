package io.aquifer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.RecordKind;
import io.aquifer.wal.layout.Superblock;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A WAL is listed block by block and record by record. */
class DumpCommandTest {

    private static final int BLOCK = 4096;
    private static final LogId ORDERS = new LogId(new UUID(0x0102030405060708L, 0x090a0b0c0d0e0f10L), 3, 0xfeedL);
    private static final LogId OTHER = new LogId(new UUID(5, 6), 0, 1);
    private static final String ORDERS_ID = "AQIDBAUGBwgJCgsMDQ4PEA";

    @TempDir(factory = OnDisk.class)
    Path directory;

    private Path file;

    @BeforeEach
    void fill() throws Exception {
        file = SampleWal.format(directory.resolve("wal"));
        try (SampleWal wal = SampleWal.open(file)) {
            wal.checkpoint(ORDERS, "orders", 5, 10)
                    .data(ORDERS, 10, 19, 5000)
                    .data(OTHER, 0, 0, 100)
                    .control(RecordKind.TRUNCATE, ORDERS, 15);
        }
    }

    @Test
    void everyBlockAndRecordIsAnObject() throws IOException {
        List<JsonNode> lines = dump();
        assertThat(lines)
                .extracting(line -> line.get("type").asText())
                .containsExactly("block", "record", "block", "record", "block", "record", "block", "record", "end");

        JsonNode second = lines.get(2);
        assertThat(second.get("position").asLong()).isEqualTo(BLOCK);
        assertThat(second.get("deviceOffset").asLong()).isEqualTo(Superblock.RING_OFFSET + BLOCK);
        assertThat(second.get("length").asInt()).isEqualTo(2 * BLOCK);
        assertThat(second.get("epoch").asLong()).isEqualTo(1);
        assertThat(second.get("records").asInt()).isEqualTo(1);
        assertThat(second.get("padding").asBoolean()).isFalse();
        assertThat(second.get("verified").asBoolean()).isTrue();

        JsonNode checkpoint = lines.get(1);
        assertThat(checkpoint.get("kind").asText()).isEqualTo("CHECKPOINT");
        assertThat(checkpoint.get("topic").asText()).isEqualTo("orders");
        assertThat(checkpoint.get("baseOffset").asLong()).isEqualTo(5);
        assertThat(checkpoint.get("lastOffset").asLong()).isEqualTo(9);
        assertThat(checkpoint.get("leaderEpoch").isNull()).isTrue();

        JsonNode data = lines.get(3);
        assertThat(data.get("block").asLong()).isEqualTo(BLOCK);
        assertThat(data.get("offset").asInt()).isEqualTo(64);
        assertThat(data.get("kind").asText()).isEqualTo("DATA");
        assertThat(data.get("topicId").asText()).isEqualTo(ORDERS_ID);
        assertThat(data.get("topic").isNull()).isTrue();
        assertThat(data.get("partition").asInt()).isEqualTo(3);
        assertThat(data.get("incarnation").asText()).isEqualTo("000000000000feed");
        assertThat(data.get("leaderEpoch").asInt()).isEqualTo(3);
        assertThat(data.get("baseOffset").asLong()).isEqualTo(10);
        assertThat(data.get("lastOffset").asLong()).isEqualTo(19);
        assertThat(data.get("maxTimestamp").asLong()).isEqualTo(1_700_000_000_000L);
        assertThat(data.get("payloadLength").asInt()).isEqualTo(5000);

        JsonNode truncate = lines.get(7);
        assertThat(truncate.get("kind").asText()).isEqualTo("TRUNCATE");
        assertThat(truncate.get("baseOffset").asLong()).isEqualTo(15);
        assertThat(truncate.get("lastOffset").isNull()).isTrue();
        assertThat(truncate.get("maxTimestamp").isNull()).isTrue();

        JsonNode end = lines.get(8);
        assertThat(end.get("position").asLong()).isEqualTo(5 * BLOCK);
        assertThat(end.get("blocks").asLong()).isEqualTo(4);
        assertThat(end.get("records").asLong()).isEqualTo(4);
        assertThat(end.get("complete").asBoolean()).isTrue();
        assertThat(end.get("reason").asText()).contains("where a block was expected");
    }

    @Test
    void inWordsItSaysTheSame() {
        Run run = Run.aquifer("wal", "dump", file);
        assertThat(run.status()).isZero();
        assertThat(run.out().lines().toList())
                .startsWith(
                        "block 0: device offset 8192, 4096 bytes, epoch 1, 1 records, checksum ok",
                        "  64: CHECKPOINT " + ORDERS_ID
                                + "-3#000000000000feed, offsets 5 to 9, topic orders, payload of 6" + " bytes",
                        "block 4096: device offset 12288, 8192 bytes, epoch 1, 1 records, checksum ok",
                        "  64: DATA " + ORDERS_ID
                                + "-3#000000000000feed, offsets 10 to 19, leader epoch 3, max timestamp"
                                + " 2023-11-14T22:13:20Z, payload of 5000 bytes")
                .contains("  64: TRUNCATE " + ORDERS_ID + "-3#000000000000feed, offset 15, payload of 0 bytes")
                .hasSize(9)
                .last()
                .asString()
                .startsWith("end 20480: 4 blocks and 4 records listed; ");
    }

    @Test
    void itBeginsAtThePositionThatIsAskedFor() throws IOException {
        assertThat(positions(dump("--from", 3 * BLOCK))).containsExactly(3L * BLOCK, 4L * BLOCK);
        assertThat(positions(dump("--from", BLOCK + 1))).containsExactly(3L * BLOCK, 4L * BLOCK);
        assertThat(dump("--from", 5 * BLOCK)).hasSize(1);
    }

    @Test
    void itEndsAtTheLimitAndSaysWhereToGoOn() throws IOException {
        List<JsonNode> lines = dump("--limit", 2);
        assertThat(positions(lines)).containsExactly(0L, (long) BLOCK);
        JsonNode end = lines.get(lines.size() - 1);
        assertThat(end.get("complete").asBoolean()).isFalse();
        assertThat(end.get("position").asLong()).isEqualTo(3 * BLOCK);
        assertThat(positions(dump("--from", end.get("position").asLong()))).containsExactly(3L * BLOCK, 4L * BLOCK);
        assertThat(Run.aquifer("wal", "dump", file, "--limit", 2).out()).contains("(--from 12288 goes on)");
    }

    @Test
    void aLimitThatIsNotExceededEndsNothing() throws IOException {
        List<JsonNode> lines = dump("--limit", 4);
        assertThat(lines).hasSize(9);
        assertThat(lines.get(8).get("complete").asBoolean()).isTrue();
    }

    @Test
    void recordsCanBeLeftOut() throws IOException {
        List<JsonNode> lines = dump("--blocks-only");
        assertThat(lines)
                .extracting(line -> line.get("type").asText())
                .containsExactly("block", "block", "block", "block", "end");
    }

    @Test
    void onlyATopicsRecordsAreListedWithTheirBlocks() throws IOException {
        List<JsonNode> lines = dump("--topic-id", ORDERS_ID);
        assertThat(positions(lines)).containsExactly(0L, (long) BLOCK, 4L * BLOCK);
        assertThat(lines)
                .filteredOn(line -> line.has("topicId"))
                .hasSize(3)
                .allMatch(line -> line.get("topicId").asText().equals(ORDERS_ID));
        assertThat(positions(dump("--topic-id", ORDERS_ID, "--blocks-only")))
                .containsExactly(0L, (long) BLOCK, 4L * BLOCK);
        assertThat(positions(dump("--topic-id", ORDERS_ID, "--limit", 1))).containsExactly(0L);
    }

    @Test
    void onlyAPartitionsRecordsAreListed() throws IOException {
        assertThat(positions(dump("--partition", 0))).containsExactly(3L * BLOCK);
        assertThat(positions(dump("--partition", 3, "--topic-id", TopicId.inKafkasForm(OTHER.topicId()))))
                .isEmpty();
    }

    @Test
    void aBlockThatDoesNotVerifyIsShownAsTheEnd() throws IOException {
        SampleWal.damage(file, Superblock.RING_OFFSET + 4 * BLOCK + 70);
        List<JsonNode> lines = dump();
        JsonNode block = lines.get(lines.size() - 2);
        assertThat(block.get("type").asText()).isEqualTo("block");
        assertThat(block.get("position").asLong()).isEqualTo(4 * BLOCK);
        assertThat(block.get("verified").asBoolean()).isFalse();
        JsonNode end = lines.get(lines.size() - 1);
        assertThat(end.get("position").asLong()).isEqualTo(4 * BLOCK);
        assertThat(end.get("blocks").asLong()).isEqualTo(3);
        assertThat(end.get("reason").asText()).contains("checksum");
        assertThat(Run.aquifer("wal", "dump", file).out()).contains("NOT PART OF THE WAL");
    }

    @Test
    void damageInTheMiddleIsAFailure() throws IOException {
        SampleWal.damage(file, Superblock.RING_OFFSET + BLOCK + 70);
        Run run = Run.aquifer("wal", "dump", file, "--json");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains("is damaged");
        List<JsonNode> lines = run.jsonLines();
        JsonNode end = lines.get(lines.size() - 1);
        assertThat(end.get("position").asLong()).isEqualTo(BLOCK);
        assertThat(end.get("complete").asBoolean()).isFalse();
        assertThat(end.get("damaged").asBoolean()).isTrue();
        assertThat(end.get("reason").asText()).contains("checksum");
    }

    @Test
    void paddingInFrontOfTheRingsEndIsShown() throws Exception {
        try (SampleWal wal = SampleWal.open(file)) {
            for (int offset = 1; offset <= 10; offset++) {
                wal.data(OTHER, offset, offset, 1_500_000).trimAll(false);
            }
            for (int offset = 11; offset <= 13; offset++) {
                wal.data(OTHER, offset, offset, 1_500_000);
            }
        }
        List<JsonNode> lines = dump("--blocks-only");
        JsonNode padding = lines.get(1);
        assertThat(padding.get("padding").asBoolean()).isTrue();
        assertThat(padding.get("deviceOffset").asLong() + padding.get("length").asLong())
                .isEqualTo(SampleWal.SIZE);
        assertThat(lines.get(2).get("deviceOffset").asLong()).isEqualTo(Superblock.RING_OFFSET);
        assertThat(Run.aquifer("wal", "dump", file).out()).containsPattern("(?m)^padding \\d+: ");
    }

    @Test
    void anOutputThatNobodyTakesEndsItWithAFailure() {
        StringWriter err = new StringWriter();
        int status = Aquifer.commandLine(false)
                .setOut(new PrintWriter(new FullWriter()))
                .setErr(new PrintWriter(err))
                .execute("wal", "dump", file.toString());
        assertThat(status).isEqualTo(1);
        assertThat(err.toString()).hasLineCount(1).contains("The output was cut off");
    }

    @Test
    void whatIsNoIdOrNoNumberIsNotUnderstood() {
        assertThat(Run.aquifer("wal", "dump", file, "--topic-id", "orders"))
                .satisfies(run -> assertThat(run.status()).isEqualTo(2))
                .satisfies(run -> assertThat(run.err()).hasLineCount(1).contains("'orders'"));
        assertThat(Run.aquifer("wal", "dump", file, "--limit", 0).status()).isEqualTo(2);
        assertThat(Run.aquifer("wal", "dump", file, "--from", -1).status()).isEqualTo(2);
    }

    private List<JsonNode> dump(Object... options) throws IOException {
        List<Object> arguments = new ArrayList<>(List.of("wal", "dump", file, "--json"));
        arguments.addAll(List.of(options));
        Run run = Run.aquifer(arguments.toArray());
        assertThat(run.status()).as(run.err()).isZero();
        return run.jsonLines();
    }

    private static List<Long> positions(List<JsonNode> lines) {
        return lines.stream()
                .filter(line -> line.get("type").asText().equals("block"))
                .map(line -> line.get("position").asLong())
                .toList();
    }

    /** Takes nothing. */
    private static final class FullWriter extends Writer {

        @Override
        public void write(char[] characters, int offset, int length) throws IOException {
            throw new IOException("no room");
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
