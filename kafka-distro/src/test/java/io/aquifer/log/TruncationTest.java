package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.wal.recovery.RecoveredLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.storage.internals.log.LogOffsetMetadata;
import org.apache.kafka.storage.internals.log.LogStartOffsetIncrementReason;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is cut off a shared log doesn't come back, and what isn't stays. */
class TruncationTest {

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
    void aCompletionOfWhatWasCutOffDoesNotRaiseTheDurableEnd() {
        log.appendAsFollower(Batches.at(0, 1, "a"), 1);
        broker.awaitDurable();
        broker.device().hold();
        log.appendAsFollower(Batches.at(1, 1, "b"), 1);
        log.appendAsFollower(Batches.at(2, 1, "c"), 1);
        Eventually.holds("b is on its way", () -> !broker.device().held().isEmpty());
        log.truncateTo(1);
        log.appendAsFollower(Batches.at(1, 2, "B"), 2);

        long durable = broker.runtime().wal().durablePosition();
        broker.device().letGo(broker.device().held().get(0));
        Eventually.holds("b is durable", () -> broker.runtime().wal().durablePosition() > durable);
        assertThat(broker.shared(PARTITION).durableEnd().messageOffset).isEqualTo(1);

        broker.device().letGo();
        broker.awaitDurable();
        assertThat(broker.shared(PARTITION).durableEnd().messageOffset).isEqualTo(2);
    }

    @Test
    void theDurableEndReachesTheTruncationPointEvenIfNothingFollows() {
        broker.device().hold();
        log.appendAsFollower(Batches.at(0, 1, "a"), 1);
        log.appendAsFollower(Batches.at(1, 1, "b"), 1);
        log.appendAsFollower(Batches.at(2, 1, "c"), 1);
        log.truncateTo(2);
        broker.device().letGo();

        broker.awaitDurable();
        assertThat(broker.shared(PARTITION).durableEnd())
                .isEqualTo(new LogOffsetMetadata(2, 0, log.activeSegment().size()));
    }

    @Test
    void theDurableEndFallsAtOnceWithTheLog() {
        log.appendAsFollower(Batches.at(0, 1, "a"), 1);
        log.appendAsFollower(Batches.at(1, 1, "b"), 1);
        broker.awaitDurable();
        broker.device().hold();
        log.truncateTo(1);
        assertThat(broker.shared(PARTITION).durableEnd().messageOffset).isEqualTo(1);
    }

    @Test
    void whatWasCutOffIsNotReplayed() throws IOException {
        log.appendAsFollower(Batches.at(0, 1, "a"), 1);
        log.appendAsFollower(Batches.at(1, 1, "b"), 1);
        log.truncateTo(1);
        broker.awaitDurable();
        assertThat(restarted()).containsExactly("0:a");
    }

    @Test
    void whatReplacedItIs() throws IOException {
        log.appendAsFollower(Batches.at(0, 1, "a"), 1);
        log.appendAsFollower(Batches.at(1, 1, "b"), 1);
        log.appendAsFollower(Batches.at(2, 1, "c"), 1);
        log.truncateTo(1);
        log.appendAsFollower(Batches.at(1, 2, "B"), 2);
        broker.awaitDurable();
        LocalFiles.lose(broker.dirOf(PARTITION), broker::crash);
        assertThat(restarted()).containsExactly("0:a", "1:B");
        assertThat(broker.log(PARTITION).latestEpoch()).contains(2);
    }

    @Test
    void whatAFetchBroughtBelowTheCutStays() throws IOException {
        log.appendAsFollower(Batches.together(Batches.at(0, 1, "a"), Batches.at(1, 1, "b"), Batches.at(2, 1, "c")), 1);
        log.truncateTo(2);
        log.appendAsFollower(Batches.at(2, 2, "C"), 2);
        broker.awaitDurable();
        LocalFiles.lose(broker.dirOf(PARTITION), broker::crash);
        assertThat(restarted()).containsExactly("0:a", "1:b", "2:C");
    }

    @Test
    void whatAFetchBroughtBelowTheCutStaysWhereNothingFollows() throws IOException {
        log.appendAsFollower(Batches.together(Batches.at(0, 1, "a"), Batches.at(1, 1, "b"), Batches.at(2, 1, "c")), 1);
        log.truncateTo(2);
        broker.awaitDurable();
        LocalFiles.lose(broker.dirOf(PARTITION), broker::crash);
        assertThat(restarted()).containsExactly("0:a", "1:b");
    }

    @Test
    void aFetchCutInTheMiddleIsComparedOnlyAsFarAsItCounts() throws IOException {
        log.appendAsFollower(Batches.together(Batches.at(0, 1, "a"), Batches.at(1, 1, "b")), 1);
        log.truncateTo(1);
        log.appendAsFollower(Batches.at(1, 2, "B"), 2);
        broker.awaitDurable();
        assertThat(restarted()).containsExactly("0:a", "1:B");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCrashBeforeATruncationIsRecordedLeavesNoGap(boolean emptied) throws Exception {
        log.appendAsFollower(Batches.at(0, 1, "a"), 1);
        log.appendAsFollower(Batches.at(1, 1, "b"), 1);
        log.appendAsFollower(Batches.at(2, 1, "c"), 1);
        broker.awaitDurable();
        new LocalTrimmer(broker.runtime().wal(), broker.runtime().logs(), Duration.ofHours(1)).trim(false);
        log.appendAsFollower(Batches.at(3, 1, "d"), 1);
        broker.awaitDurable();
        broker.logManager().checkpointLogRecoveryOffsets();
        broker.device().hold();
        FutureTask<Void> truncation = new FutureTask<>(() -> {
            if (emptied) {
                log.truncateFullyAndStartAt(1, Optional.empty());
            } else {
                log.truncateTo(1);
            }
            return null;
        });
        Thread follower = new Thread(truncation);
        follower.start();
        Eventually.holds(
                "the truncation is on its way or over",
                () -> truncation.isDone() || !broker.device().held().isEmpty());
        broker.crash();
        follower.join();
        broker.start();
        assertThat(broker.isOffline(broker.dir(0))).isFalse();
        assertThat(Batches.values(broker.log(PARTITION))).startsWith("0:a");
    }

    @Test
    void aLogThatWasEmptiedStartsWhereItWasTold() throws IOException {
        log.appendAsFollower(Batches.at(0, 1, "a"), 1);
        log.truncateFullyAndStartAt(100, Optional.of(90L));
        log.appendAsFollower(Batches.at(100, 2, "x"), 2);
        broker.awaitDurable();
        assertThat(broker.shared(PARTITION).durableEnd())
                .isEqualTo(new LogOffsetMetadata(101, 100, log.activeSegment().size()));
        assertThat(restarted()).containsExactly("100:x");
        assertThat(broker.log(PARTITION).logStartOffset()).isEqualTo(90);
    }

    @Test
    void aLogThatWasEmptiedBelowItsStartStartsThere() throws IOException {
        log.truncateFullyAndStartAt(100, Optional.empty());
        log.appendAsFollower(Batches.at(100, 1, "x"), 1);
        log.truncateTo(50);
        log.appendAsFollower(Batches.at(50, 2, "y"), 2);
        broker.awaitDurable();
        assertThat(restarted()).containsExactly("50:y");
        assertThat(broker.log(PARTITION).logStartOffset()).isEqualTo(50);
    }

    @Test
    void deletedRecordsStayDeleted() throws IOException {
        log.appendAsLeader(Batches.of("a"), 0);
        log.appendAsLeader(Batches.of("b"), 0);
        broker.awaitDurable();
        log.maybeIncrementHighWatermark(log.logEndOffsetMetadata());
        log.maybeIncrementLogStartOffset(1, LogStartOffsetIncrementReason.ClientRecordDeletion);
        awaitWal();
        restarted();
        assertThat(broker.log(PARTITION).logStartOffset()).isEqualTo(1);
    }

    @Test
    void theRecordedLogStartFollowsTheLogsOwnOrder() throws InterruptedException {
        Thread recorder = new Thread(() -> broker.runtime().logs().logStartChanged(log));
        synchronized (KafkaInternals.lock(log)) {
            recorder.start();
            Eventually.blocks(recorder);
        }
        recorder.join();
    }

    private void awaitWal() throws IOException {
        RecoveredLog before = broker.inWal(broker.shared(PARTITION).id());
        assertThat(before).isNotNull();
        Eventually.holds(
                "the start is in the WAL",
                () -> broker.inWal(broker.shared(PARTITION).id()).logStartOffset() == log.logStartOffset());
    }

    /** What the log holds after the process died, if it didn't yet, and another one started. */
    private List<String> restarted() throws IOException {
        if (broker.isRunning()) {
            broker.crash();
        }
        broker.start();
        return Batches.values(broker.log(PARTITION));
    }
}
