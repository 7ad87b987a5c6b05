package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.Records;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.storage.internals.log.LogOffsetMetadata;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The high watermark of a shared log stays at its durable end. */
class HighWatermarkTest {

    private static final TopicPartition PARTITION = new TopicPartition("shared", 0);

    @TempDir
    Path root;

    private Broker broker;
    private UnifiedLog log;

    @BeforeEach
    void start() throws IOException {
        broker = new Broker(root).sharedTopic("shared").start();
        log = broker.create(PARTITION);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void theHighWatermarkWaitsForTheDevice() throws IOException {
        broker.device().hold();
        log.appendAsLeader(Batches.of("a", "b"), 0);
        raise();
        assertThat(log.highWatermark()).isZero();
        assertThat(log.logEndOffset()).isEqualTo(2);

        broker.device().letGo();
        broker.awaitDurable();
        raise();
        assertThat(log.highWatermark()).isEqualTo(2);
    }

    @Test
    void aConsumerSeesNothingThatIsNotDurable() throws IOException {
        log.appendAsLeader(Batches.of("a"), 0);
        broker.awaitDurable();
        broker.device().hold();
        log.appendAsLeader(Batches.of("b"), 0);
        raise();

        assertThat(log.highWatermark()).isEqualTo(1);
        assertThat(log.read(0, 1 << 20, FetchIsolation.HIGH_WATERMARK, true)
                        .records
                        .lastBatch()
                        .orElseThrow()
                        .lastOffset())
                .isZero();
        assertThat(log.read(1, 1 << 20, FetchIsolation.HIGH_WATERMARK, true)
                        .records
                        .sizeInBytes())
                .isZero();
    }

    /** Of two batches, only the first is durable. Answers how long it is. */
    private int capBehindTheFirst() throws IOException {
        log.appendAsLeader(Batches.of("a"), 0);
        broker.awaitDurable();
        int size = log.activeSegment().size();
        broker.device().hold();
        log.appendAsLeader(Batches.of("b"), 0);
        raise();
        return size;
    }

    @Test
    void whatAConsumerReadsBelowTheCapGoesFromTheFileToTheSocket() throws IOException {
        int size = capBehindTheFirst();

        Records read = log.read(0, 1 << 20, FetchIsolation.HIGH_WATERMARK, true).records;
        assertThat(read).isInstanceOf(FileRecords.class);
        assertThat(read.sizeInBytes()).isEqualTo(size);
    }

    @Test
    void aCappedHighWatermarkKnowsItsPlaceWithoutALookup() throws Exception {
        int size = capBehindTheFirst();

        LogOffsetMetadata highWatermark = highWatermarkAsKept();
        assertThat(highWatermark.messageOffsetOnly()).isFalse();
        assertThat(highWatermark).isEqualTo(new LogOffsetMetadata(1, 0, size));
    }

    @Test
    void aWriteThatLandsEarlyWaitsForThoseInFrontOfIt() throws IOException {
        broker.device().hold();
        log.appendAsLeader(Batches.of("a"), 0);
        Eventually.holds("the first is written", () -> broker.device().held().size() == 1);
        long first = broker.device().held().get(0);
        log.appendAsLeader(Batches.of("b"), 0);
        Eventually.holds("the second is written", () -> broker.device().held().size() == 2);
        long second = broker.device().held().get(1);

        broker.device().letGo(second);
        Eventually.holds(
                "the second has landed", () -> broker.device().held().equals(List.of(first)) && landed(second));
        raise();
        assertThat(log.highWatermark()).isZero();

        broker.device().letGo(first);
        broker.awaitDurable();
        raise();
        assertThat(log.highWatermark()).isEqualTo(2);
    }

    private boolean landed(long position) {
        return broker.device().isWritten(position);
    }

    @Test
    void theCapIsInTheSegmentWhereItsRecordsAre() throws Exception {
        log.appendAsLeader(Batches.of("a"), 0);
        broker.awaitDurable();
        int firstSize = log.activeSegment().size();
        broker.device().hold();
        log.appendAsLeader(Batches.of("b"), 0);
        log.roll();
        log.appendAsLeader(Batches.of("c"), 0);
        raise();
        assertThat(highWatermarkAsKept()).isEqualTo(new LogOffsetMetadata(1, 0, firstSize));

        broker.device().letGo();
        broker.awaitDurable();
        raise();
        assertThat(highWatermarkAsKept())
                .isEqualTo(new LogOffsetMetadata(3, 2, log.activeSegment().size()));
    }

    @Test
    void aRollWithEverythingDurableLeavesTheHighWatermarkReadable() throws Exception {
        log.appendAsLeader(Batches.of("a"), 0);
        broker.awaitDurable();
        raise();
        log.roll();
        broker.device().hold();
        log.appendAsLeader(Batches.of("b"), 0);
        raise();

        assertThat(highWatermarkAsKept()).isEqualTo(new LogOffsetMetadata(1, 1, 0));
        assertThat(log.read(0, 1 << 20, FetchIsolation.HIGH_WATERMARK, true)
                        .records
                        .sizeInBytes())
                .isEqualTo(log.logSegments().get(0).size());
    }

    @Test
    void theHighWatermarkNeverPassesWhatTheLeaderAsksFor() throws IOException {
        log.appendAsLeader(Batches.of("a", "b", "c"), 0);
        broker.awaitDurable();
        log.maybeIncrementHighWatermark(new LogOffsetMetadata(2));
        assertThat(log.highWatermark()).isEqualTo(2);
    }

    private void raise() throws IOException {
        log.maybeIncrementHighWatermark(log.logEndOffsetMetadata());
    }

    private LogOffsetMetadata highWatermarkAsKept() throws ReflectiveOperationException {
        var field = UnifiedLog.class.getDeclaredField("highWatermarkMetadata");
        field.setAccessible(true);
        return (LogOffsetMetadata) field.get(log);
    }
}
