package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.rebuild.IncarnationFile;
import io.aquifer.wal.layout.LogId;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.storage.internals.log.LogStartOffsetIncrementReason;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories and WALs that fit together, and some that don't. */
class OpeningTest {

    private static final TopicPartition PARTITION = new TopicPartition("shared", 0);

    @TempDir
    Path root;

    private Broker broker;
    private UnifiedLog log;

    @BeforeEach
    void start() throws IOException {
        broker = new Broker(root).sharedTopic("shared").start();
        log = broker.create(PARTITION);
        log.appendAsLeader(Batches.of("a"), 1);
        log.appendAsLeader(Batches.of("b"), 2);
        broker.awaitDurable();
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private void trim() throws Exception {
        new LocalTrimmer(broker.runtime().wal(), broker.runtime().logs(), Duration.ofHours(1)).trim(false);
    }

    @Test
    void aLostDirectoryIsRestoredWhenThePartitionIsOpenedAgain() throws IOException {
        LogId id = broker.shared(PARTITION).id();
        broker.crash();
        LocalFiles.deleteAll(broker.dirOf(PARTITION));
        broker.start();
        assertThat(broker.has(PARTITION)).isFalse();
        assertThat(broker.runtime().logs().unopened()).hasSize(1);

        UnifiedLog again = broker.create(PARTITION);
        assertThat(Batches.values(again)).containsExactly("0:a", "1:b");
        assertThat(again.latestEpoch()).contains(2);
        assertThat(broker.shared(PARTITION).id()).isEqualTo(id);
        assertThat(broker.runtime().logs().unopened()).isEmpty();
        broker.crash();
        broker.start();
        assertThat(Batches.values(broker.log(PARTITION))).containsExactly("0:a", "1:b");
    }

    @Test
    void aLostDirectoryOfATopicThatWasRecreatedStartsEmpty() throws IOException {
        broker.crash();
        LocalFiles.deleteAll(broker.dirOf(PARTITION));
        broker.recreateTopic("shared");
        broker.start();
        assertThat(broker.create(PARTITION).logEndOffset()).isZero();
    }

    @Test
    void aLostDirectoryIsRestoredFromItsLogStartOn() throws IOException {
        log.maybeIncrementHighWatermark(log.logEndOffsetMetadata());
        log.maybeIncrementLogStartOffset(1, LogStartOffsetIncrementReason.ClientRecordDeletion);
        Eventually.holds(
                "the start is in the WAL",
                () -> broker.inWal(broker.shared(PARTITION).id()).logStartOffset() == 1);
        broker.crash();
        LocalFiles.deleteAll(broker.dirOf(PARTITION));
        broker.start();
        UnifiedLog again = broker.create(PARTITION);
        assertThat(again.logStartOffset()).isEqualTo(1);
        assertThat(Batches.values(again)).containsExactly("1:b");
    }

    @Test
    void theWalIsNotTrimmedBeyondALogWhoseDirectoryIsLost() throws Exception {
        broker.crash();
        LocalFiles.deleteAll(broker.dirOf(PARTITION));
        broker.sharedTopic("other").start();
        long before = broker.runtime().wal().trimPosition();
        UnifiedLog other = broker.create(new TopicPartition("other", 0));
        other.appendAsLeader(Batches.of("x"), 0);
        broker.awaitDurable();
        trim();
        assertThat(broker.runtime().wal().trimPosition()).isEqualTo(before);

        broker.create(PARTITION);
        broker.awaitDurable();
        trim();
        assertThat(broker.runtime().wal().trimPosition()).isGreaterThan(before);
        assertThat(Batches.values(broker.log(PARTITION))).containsExactly("0:a", "1:b");
    }

    @Test
    void aDirectoryThatComesBackWhileTheBrokerRunsIsRecovered() throws IOException {
        File dir = broker.dirOf(PARTITION);
        File aside = root.resolve("aside").toFile();
        int flushed = log.activeSegment().translateOffset(1).position;
        broker.crash();
        Files.move(dir.toPath(), aside.toPath());
        broker.start();
        Files.move(aside.toPath(), dir.toPath());
        LocalFiles.zero(LocalFiles.newestSegment(dir), flushed);
        assertThat(Batches.values(broker.create(PARTITION))).containsExactly("0:a", "1:b");
    }

    @Test
    void offsetsThatNeitherHasAreAGap() throws Exception {
        trim();
        log.appendAsLeader(Batches.of("c"), 2);
        broker.awaitDurable();
        broker.crash();
        LocalFiles.cut(LocalFiles.newestSegment(broker.dirOf(PARTITION)), 0);
        broker.start();
        assertThat(broker.isOffline(broker.dir(0))).isTrue();
        assertThat(broker.has(PARTITION)).isFalse();
    }

    @Test
    void aGapNamesTheOffsetsAndTheWayOut() throws Exception {
        trim();
        log.appendAsLeader(Batches.of("c"), 2);
        broker.awaitDurable();
        broker.crash();
        LocalFiles.deleteAll(broker.dirOf(PARTITION));
        broker.start();
        assertThatThrownBy(() -> broker.create(PARTITION))
                .isInstanceOf(KafkaStorageException.class)
                .hasMessageContaining("shared-0")
                .hasMessageContaining("offsets 0 to 1 were flushed to the local files, and are missing there now")
                .hasMessageContaining("controlled device")
                .hasMessageContaining("Restore the directory, or format the WAL anew")
                .hasCauseInstanceOf(WalGapException.class);
        assertThat(broker.isOffline(broker.dir(0))).isFalse();
    }

    @Test
    void aLogThatTheWalKnowsToBeLongerIsAGapEvenWithNothingToReplay() throws Exception {
        trim();
        broker.crash();
        LocalFiles.cut(LocalFiles.newestSegment(broker.dirOf(PARTITION)), 0);
        broker.start();
        assertThat(broker.has(PARTITION)).isFalse();
    }

    @Test
    void aDamagedIncarnationFileIsNamed() throws IOException {
        broker.crash();
        Files.writeString(
                broker.dirOf(PARTITION).toPath().resolve(IncarnationFile.NAME), "v1 0 0", StandardCharsets.US_ASCII);
        broker.start();
        assertThat(broker.has(PARTITION)).isFalse();
        assertThat(broker.isOffline(broker.dir(0))).isTrue();
    }

    @Test
    void aWalThatWasFormattedAnewTakesTheLocalLogAsItIs() throws IOException {
        LogId id = broker.shared(PARTITION).id();
        log.flush(true);
        broker.crash();
        broker.formatWal();
        broker.start();
        assertThat(Batches.values(broker.log(PARTITION))).containsExactly("0:a", "1:b");
        assertThat(broker.shared(PARTITION).id()).isNotEqualTo(id);
    }

    @Test
    void aTopicThatCeasedToBeSharedWhileTheBrokerWasDownIsRestoredAndFlushed() throws IOException {
        LogId id = broker.shared(PARTITION).id();
        LocalFiles.lose(broker.dirOf(PARTITION), broker::crash);
        broker.topic("shared").start();
        log = broker.log(PARTITION);
        assertThat(Batches.values(log)).containsExactly("0:a", "1:b");
        assertThat(log.recoveryPoint()).isEqualTo(2);
        assertThat(broker.shared(PARTITION)).isNull();
        Eventually.holds("it is forgotten", () -> broker.inWal(id).deleted());
    }

    @Test
    void aCleanStopLeavesNothingToReplay() throws IOException {
        byte[] bytes = Batches.bytes(log);
        broker.stop();
        assertThat(broker.superblock().cleanShutdown()).isTrue();
        broker.start();
        LogId id = broker.shared(PARTITION).id();
        assertThat(broker.runtime().logs().unopened()).isEmpty();
        assertThat(Batches.bytes(broker.log(PARTITION))).isEqualTo(bytes);
        assertThat(broker.inWal(id).extents()).isEmpty();
        assertThat(broker.superblock().cleanShutdown()).isFalse();
    }

    @Test
    void aStopThatCannotFlushIsNotClean() throws IOException {
        log.appendAsLeader(Batches.of("c"), 2);
        broker.awaitDurable();
        File dir = log.dir();
        int size = log.activeSegment().size();
        log.closeHandlers();
        broker.stop();
        assertThat(broker.superblock().cleanShutdown()).isFalse();
        LocalFiles.cut(LocalFiles.newestSegment(dir), size - 10);
        broker.start();
        assertThat(Batches.values(broker.log(PARTITION))).containsExactly("0:a", "1:b", "2:c");
    }

    @Test
    void aBackupFromBeforeALogWasSharedAgainLosesNothing() throws Exception {
        File backup = root.resolve("backup").toFile();
        broker.crash();
        LocalFiles.copy(broker.dirOf(PARTITION), backup);
        broker.start();
        broker.reconfigure("shared");
        broker.reconfigure("shared", "remote.storage.enable", "true");
        broker.log(PARTITION).appendAsLeader(Batches.of("c"), 2);
        broker.awaitDurable();
        broker.crash();
        LocalFiles.deleteAll(broker.dirOf(PARTITION));
        LocalFiles.copy(backup, broker.dirOf(PARTITION));
        broker.start();
        assertThat(Batches.values(broker.log(PARTITION))).containsExactly("0:a", "1:b", "2:c");
    }
}
