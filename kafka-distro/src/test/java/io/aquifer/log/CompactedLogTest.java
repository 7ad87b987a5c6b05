package io.aquifer.log;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.recovery.Extent;
import io.aquifer.wal.recovery.RecoveredLog;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.storage.internals.checkpoint.OffsetCheckpointFile;
import org.apache.kafka.storage.internals.log.LogCleanerManager;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that Kafka cleans is shared, and what was cleaned away doesn't come back out of the WAL. */
class CompactedLogTest {

    private static final TopicPartition PARTITION = new TopicPartition("table", 0);
    private static final TopicPartition OFFSETS = new TopicPartition("__consumer_offsets", 0);

    @TempDir
    Path root;

    private Broker broker;
    private UnifiedLog log;

    @BeforeEach
    void start() throws IOException {
        broker = new Broker(root)
                .with("aquifer.compacted.topics", "table")
                .with("aquifer.internal.topics", "true")
                .topic("table", "cleanup.policy", "compact")
                .topic("other", "cleanup.policy", "compact")
                .topic("__consumer_offsets", "cleanup.policy", "compact")
                .start();
        log = broker.create(PARTITION);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void onlyWhatTheSettingsNameIsShared() {
        assertThat(broker.shared(PARTITION)).isNotNull();
        broker.create(OFFSETS);
        assertThat(broker.shared(OFFSETS)).isNotNull();
        TopicPartition other = new TopicPartition("other", 0);
        broker.create(other);
        assertThat(broker.shared(other)).isNull();
    }

    @Test
    void anInternalLogThatIsToBeSharedNoLongerIsForgottenByTheWal() throws IOException {
        UnifiedLog offsets = broker.create(OFFSETS);
        offsets.appendAsLeader(Batches.keyed("a", "1"), 1);
        broker.awaitDurable();
        LogId id = requireNonNull(broker.shared(OFFSETS)).id();

        broker.crash();
        broker.with("aquifer.internal.topics", "false").start();

        assertThat(broker.shared(OFFSETS)).isNull();
        assertThat(Compaction.table(broker.log(OFFSETS))).isEqualTo(Map.of("a", "1"));
        Eventually.holds("forgotten", () -> requireNonNull(broker.inWal(id)).deleted());
    }

    @Test
    void theWalSaysThatTheLocalDiskIsToHoldAllOfIt() throws IOException {
        assertThat(recovered(PARTITION).untiered()).isTrue();
        assertThat(recovered(PARTITION).topic()).isEqualTo("table");
        broker.sharedTopic("tiered");
        broker.create(new TopicPartition("tiered", 0));
        assertThat(recovered(new TopicPartition("tiered", 0)).untiered()).isFalse();
    }

    private RecoveredLog recovered(TopicPartition partition) throws IOException {
        SharedLog shared = broker.shared(partition);
        assertThat(shared).isNotNull();
        RecoveredLog recovered = broker.inWal(shared.id());
        assertThat(recovered).isNotNull();
        return recovered;
    }

    @Test
    void whatCleaningWritesDoesNotGoToTheWal() throws IOException, GeneralSecurityException {
        append("a", "1", "b", "1", "a", "2");
        log.roll();
        broker.awaitDurable();
        List<Extent> before = recovered(PARTITION).extents();

        Compaction.clean(log);
        broker.awaitDurable();

        assertThat(Compaction.entries(log)).extracting(Compaction.Entry::offset).containsExactly(1L, 2L);
        assertThat(recovered(PARTITION).extents()).isEqualTo(before);
    }

    @Test
    void whatWasCleanedAwayDoesNotComeBackAfterACrash() throws IOException, GeneralSecurityException {
        append("a", "1", "b", "1");
        log.roll();
        append("a", "2", "c", "1");
        log.roll();
        append("b", "2");
        broker.awaitDurable();
        Compaction.clean(log);
        List<Compaction.Entry> cleaned = Compaction.entries(log);
        assertThat(cleaned).extracting(Compaction.Entry::offset).containsExactly(1L, 2L, 3L, 4L);

        restart();

        assertThat(Compaction.entries(log)).isEqualTo(cleaned);
        assertThat(log.logEndOffset()).isEqualTo(5);
    }

    @Test
    void whatTheLocalFilesLostBehindTheCleanedSegmentsComesBack() throws IOException, GeneralSecurityException {
        append("a", "1", "a", "2");
        log.roll();
        Compaction.clean(log);
        append("c", "1", "d", "1");
        broker.awaitDurable();
        List<Compaction.Entry> all = Compaction.entries(log);
        File active = log.activeSegment().log().file();

        broker.die();
        LocalFiles.cut(active, 0);
        broker.leaveFiles();
        broker.start();

        assertThat(Compaction.entries(broker.log(PARTITION))).isEqualTo(all);
    }

    @Test
    void aCleanedSegmentThatBecomesTheActiveOneAppendsToTheWal() throws IOException, GeneralSecurityException {
        append("a", "1", "a", "2", "b", "1");
        log.roll();
        Compaction.clean(log);
        append("c", "1");
        log.truncateTo(2);
        assertThat(log.activeSegment().baseOffset()).isZero();

        append("d", "1");
        broker.awaitDurable();

        assertThat(recovered(PARTITION).endOffset()).isEqualTo(3);
        restart();
        assertThat(Compaction.table(log)).isEqualTo(Map.of("a", "2", "d", "1"));
    }

    @Test
    void aLogThatIsCutBelowWhatWasCleanedIsCleanedFromItsStart() throws IOException {
        append("a", "1", "b", "1", "c", "1");
        broker.awaitDurable();
        LogSegment active = log.activeSegment();
        File file = active.log().file();
        int firstTwo = active.translateOffset(2).position;
        writeCleaned(3);

        broker.die();
        LocalFiles.cut(file, firstTwo);
        broker.leaveFiles();
        broker.start();

        assertThat(broker.log(PARTITION).logEndOffset()).isEqualTo(3);
        assertThat(cleaned()).doesNotContainKey(PARTITION).containsEntry(new TopicPartition("other", 0), 7L);
    }

    @Test
    void aLogThatIsWholeGoesOnToBeCleanedWhereItWas() throws IOException {
        append("a", "1", "b", "1", "c", "1");
        broker.awaitDurable();
        writeCleaned(3);

        restart();

        assertThat(cleaned()).containsEntry(PARTITION, 3L);
    }

    private void writeCleaned(long offset) throws IOException {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        offsets.put(PARTITION, offset);
        offsets.put(new TopicPartition("other", 0), 7L);
        cleanerFile().write(offsets);
    }

    private Map<TopicPartition, Long> cleaned() throws IOException {
        return cleanerFile().read();
    }

    private OffsetCheckpointFile cleanerFile() throws IOException {
        File file = new File(broker.dir(0), LogCleanerManager.OFFSET_CHECKPOINT_FILE);
        return new OffsetCheckpointFile(file, new LogDirFailureChannel(1));
    }

    private void restart() throws IOException {
        broker.crash();
        broker.start();
        log = broker.log(PARTITION);
    }

    private void append(String... keysAndValues) throws IOException {
        for (int i = 0; i < keysAndValues.length; i += 2) {
            log.appendAsLeader(Batches.keyed(keysAndValues[i], keysAndValues[i + 1]), 1);
            log.maybeIncrementHighWatermark(log.logEndOffsetMetadata());
        }
    }
}
