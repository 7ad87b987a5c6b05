package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.EpochEntry;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the local files lost comes back from the WAL. */
class RestartTest {

    private static final TopicPartition PARTITION = new TopicPartition("shared", 0);

    @TempDir
    Path root;

    private Broker broker;
    private UnifiedLog log;
    private int flushed;

    @BeforeEach
    void start() throws IOException {
        broker = new Broker(root)
                .topic(
                        "shared",
                        "remote.storage.enable",
                        "true",
                        "index.interval.bytes",
                        "1",
                        "segment.bytes",
                        "1048576")
                .start();
        log = broker.create(PARTITION);
        for (int i = 0; i < 5; i++) {
            log.appendAsLeader(Batches.of("flushed " + i), 1);
        }
        log.flush(false);
        broker.logManager().checkpointLogRecoveryOffsets();
        flushed = log.activeSegment().size();
    }

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void aFileCutBehindTheLastFlushIsRestored() throws IOException {
        appendUnflushed();
        restoresAfter(() -> LocalFiles.cut(newestSegment(), flushed));
    }

    @Test
    void aFileCutInTheMiddleOfABatchIsRestored() throws IOException {
        appendUnflushed();
        restoresAfter(() -> LocalFiles.cut(newestSegment(), flushed + 30));
    }

    @Test
    void aFileCorruptedBehindTheLastFlushIsRestored() throws IOException {
        appendUnflushed();
        restoresAfter(() -> LocalFiles.flip(newestSegment(), flushed + 70));
    }

    @Test
    void aFileZeroedBehindTheLastFlushIsRestored() throws IOException {
        appendUnflushed();
        restoresAfter(() -> LocalFiles.zero(newestSegment(), flushed));
    }

    @Test
    void aSegmentThatIsAllZerosIsRestored() throws IOException {
        appendUnflushed();
        log.roll();
        appendUnflushed();
        restoresAfter(() -> LocalFiles.zero(newestSegment(), 0));
    }

    @Test
    void segmentsThatWereNeverWrittenAreRestored() throws IOException {
        appendUnflushed();
        log.roll();
        appendUnflushed();
        log.roll();
        appendUnflushed();
        restoresAfter(() -> {
            List<File> segments = LocalFiles.segments(broker.dirOf(PARTITION));
            LocalFiles.cut(segments.get(0), flushed);
            Files.delete(segments.get(1).toPath());
            Files.delete(segments.get(2).toPath());
        });
    }

    @Test
    void lostIndexesAreBuiltAnew() throws IOException {
        appendUnflushed();
        restoresAfter(() -> {
            for (File file : LocalFiles.files(broker.dirOf(PARTITION))) {
                if (file.getName().endsWith("index")) {
                    Files.delete(file.toPath());
                }
            }
        });
    }

    @Test
    void zeroedIndexesAreBuiltAnew() throws IOException {
        appendUnflushed();
        restoresAfter(() -> {
            LocalFiles.cut(newestSegment(), flushed);
            for (File file : LocalFiles.files(broker.dirOf(PARTITION))) {
                if (file.getName().endsWith("index")) {
                    LocalFiles.zero(file, 0);
                }
            }
        });
    }

    @Test
    void aSecondRestartFindsTheSame() throws IOException {
        appendUnflushed();
        restoresAfter(() -> LocalFiles.cut(newestSegment(), flushed));
        restoresAfter(() -> LocalFiles.cut(newestSegment(), flushed));
    }

    @Test
    void aRestoredLogGoesOnWhereItEnded() throws IOException {
        appendUnflushed();
        restoresAfter(() -> LocalFiles.cut(newestSegment(), flushed));
        log = broker.log(PARTITION);
        long end = log.logEndOffset();
        LogAppendInfo appended = log.appendAsLeader(Batches.of("next"), 2);
        assertThat(appended.firstOffset()).isEqualTo(end);
        broker.awaitDurable();
        restoresAfter(() -> LocalFiles.cut(newestSegment(), flushed));
    }

    @Test
    void leaderEpochsAreRestored() throws IOException {
        log.appendAsLeader(Batches.of("a"), 3);
        log.appendAsLeader(Batches.of("b"), 7);
        broker.awaitDurable();
        restoresAfter(() -> {
            LocalFiles.cut(newestSegment(), flushed);
            Files.delete(new File(broker.dirOf(PARTITION), "leader-epoch-checkpoint").toPath());
        });
        assertThat(broker.log(PARTITION).leaderEpochCache().epochEntries())
                .extracting(EpochEntry::toString)
                .containsSubsequence("EpochEntry[epoch=3, startOffset=5]", "EpochEntry[epoch=7, startOffset=6]");
    }

    @Test
    void aDuplicateIsStillKnown() throws IOException {
        for (int sequence = 0; sequence < 5; sequence++) {
            log.appendAsLeader(Batches.idempotent(9, sequence, "v" + sequence), 1);
        }
        broker.awaitDurable();
        restoresAfter(() -> LocalFiles.cut(newestSegment(), flushed));
        log = broker.log(PARTITION);
        long end = log.logEndOffset();
        for (int sequence = 0; sequence < 5; sequence++) {
            LogAppendInfo again = log.appendAsLeader(Batches.idempotent(9, sequence, "v" + sequence), 1);
            assertThat(again.firstOffset()).isEqualTo(5 + sequence);
        }
        assertThat(log.logEndOffset()).isEqualTo(end);
    }

    @Test
    void anOpenTransactionIsStillOpen() throws IOException {
        log.appendAsLeader(Batches.transactional(9, 0, "a"), 1);
        log.appendAsLeader(Batches.of("b"), 1);
        broker.awaitDurable();
        restoresAfter(() -> LocalFiles.cut(newestSegment(), flushed));
        log = broker.log(PARTITION);
        log.maybeIncrementHighWatermark(log.logEndOffsetMetadata());
        assertThat(log.lastStableOffset()).isEqualTo(5);
        endTransaction(ControlRecordType.COMMIT);
        broker.awaitDurable();
        log.maybeIncrementHighWatermark(log.logEndOffsetMetadata());
        assertThat(log.lastStableOffset()).isEqualTo(8);
    }

    @Test
    void anAbortedTransactionIsStillAborted() throws IOException {
        log.appendAsLeader(Batches.transactional(9, 0, "a"), 1);
        endTransaction(ControlRecordType.ABORT);
        broker.awaitDurable();
        restoresAfter(() -> LocalFiles.cut(newestSegment(), flushed));
        log = broker.log(PARTITION);
        log.maybeIncrementHighWatermark(log.logEndOffsetMetadata());
        assertThat(log.read(5, 1 << 20, FetchIsolation.TXN_COMMITTED, true)
                        .abortedTransactions
                        .orElseThrow())
                .extracting(aborted -> aborted.producerId())
                .containsExactly(9L);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everySegmentButTheFirstHasASnapshotOfTheProducers(boolean segmentsFlushed) throws IOException {
        for (int i = 0; i < 4; i++) {
            log.appendAsLeader(Batches.idempotent(9, i, "v" + i), 1);
            log.roll();
        }
        log.appendAsLeader(Batches.of("last"), 1);
        broker.awaitDurable();
        if (segmentsFlushed) {
            log.flush(false);
            broker.logManager().checkpointLogRecoveryOffsets();
        }
        broker.crash();
        for (File file : LocalFiles.files(broker.dirOf(PARTITION))) {
            if (file.getName().endsWith(".snapshot")) {
                Files.delete(file.toPath());
            }
        }
        broker.start();
        log = broker.log(PARTITION);
        assertThat(log.logSegments()).hasSizeGreaterThan(4);
        for (LogSegment segment : log.logSegments().subList(1, log.logSegments().size())) {
            assertThat(log.producerStateManager().fetchSnapshot(segment.baseOffset()))
                    .as("snapshot at %d", segment.baseOffset())
                    .isPresent();
        }
    }

    @Test
    void recordsThatOnlyTheFilesHaveAreLoggedBeforeTheLogOpens() throws IOException {
        broker.device().hold();
        log.appendAsLeader(Batches.of("only local"), 1);
        byte[] bytes = Batches.bytes(log);
        broker.crash();
        broker.start();
        log = broker.log(PARTITION);
        assertThat(Batches.bytes(log)).isEqualTo(bytes);
        assertThat(broker.shared(PARTITION).durableEnd().messageOffset).isEqualTo(6);

        restoresAfter(() -> LocalFiles.cut(newestSegment(), flushed));
    }

    @Test
    void whatOnlyTheFilesHaveBehindAHoleIsCutOff() throws IOException {
        log.roll();
        broker.device().hold();
        log.appendAsLeader(Batches.of("kept"), 1);
        int kept = log.activeSegment().size();
        log.appendAsLeader(Batches.of("lost"), 1);
        log.roll();
        log.appendAsLeader(Batches.of("behind the hole"), 1);
        broker.crash();
        LocalFiles.cut(LocalFiles.segments(broker.dirOf(PARTITION)).get(1), kept);
        broker.start();

        log = broker.log(PARTITION);
        assertThat(log.logEndOffset()).isEqualTo(6);
        assertThat(Batches.values(log)).last().isEqualTo("5:kept");
        assertThat(broker.shared(PARTITION).durableEnd().messageOffset).isEqualTo(6);
        assertThat(log.appendAsLeader(Batches.of("next"), 1).firstOffset()).isEqualTo(6);
    }

    @Test
    void aLongTailThatOnlyTheFilesHaveIsLoggedWhole() throws IOException {
        broker.crash();
        for (int i = 0; i < 40; i++) {
            LocalFiles.append(newestSegment(), Batches.at(5 + i, 1, "x".repeat(100_000)));
        }
        broker.start();
        assertThat(broker.log(PARTITION).logEndOffset()).isEqualTo(45);
        assertThat(broker.shared(PARTITION).durableEnd().messageOffset).isEqualTo(45);
        restoresAfter(() -> LocalFiles.cut(newestSegment(), flushed));
    }

    @Test
    void whereBothHoldAnOffsetAndDisagreeTheWalWins() throws IOException {
        log.appendAsLeader(Batches.of("right"), 1);
        broker.awaitDurable();
        restoresAfter(() -> {
            LocalFiles.cut(newestSegment(), flushed);
            LocalFiles.append(newestSegment(), Batches.at(5, 1, "wrong"));
            LocalFiles.append(newestSegment(), Batches.at(6, 1, "more"));
        });
    }

    @Test
    void damageInAFlushedPartIsRepairedWhereTheWalStillHasIt() throws IOException {
        appendUnflushed();
        log.flush(false);
        broker.logManager().checkpointLogRecoveryOffsets();
        log.roll();
        log.appendAsLeader(Batches.of("next segment"), 1);
        broker.awaitDurable();
        File first = LocalFiles.segments(broker.dirOf(PARTITION)).get(0);
        restoresAfter(() -> LocalFiles.zero(first, flushed));
    }

    private void endTransaction(ControlRecordType type) {
        log.appendAsLeader(
                Batches.marker(9, new EndTransactionMarker(type, 0)),
                1,
                AppendOrigin.COORDINATOR,
                RequestLocal.noCaching(),
                VerificationGuard.SENTINEL,
                (short) 1);
    }

    private void appendUnflushed() {
        try {
            for (int i = 0; i < 5; i++) {
                log.appendAsLeader(Batches.of("unflushed " + i, "and another"), 1);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        broker.awaitDurable();
    }

    private File newestSegment() {
        return LocalFiles.newestSegment(broker.dirOf(PARTITION));
    }

    private interface Damage {
        void happens() throws IOException;
    }

    /** The process dies, damage happens, another process starts: it finds every byte, and finds its way in them. */
    private void restoresAfter(Damage damage) throws IOException {
        byte[] bytes = Batches.bytes(broker.log(PARTITION));
        List<String> values = Batches.values(broker.log(PARTITION));
        broker.crash();
        damage.happens();
        broker.start();

        UnifiedLog restored = broker.log(PARTITION);
        assertThat(Batches.values(restored)).isEqualTo(values);
        assertThat(Batches.bytes(restored)).isEqualTo(bytes);
        restored.maybeIncrementHighWatermark(restored.logEndOffsetMetadata());
        for (long offset = 0; offset < restored.logEndOffset(); offset++) {
            assertThat(restored.read(offset, 1, FetchIsolation.HIGH_WATERMARK, true)
                            .records
                            .batches()
                            .iterator()
                            .next()
                            .lastOffset())
                    .isGreaterThanOrEqualTo(offset);
        }
    }
}
