package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Only what is durable elsewhere leaves the WAL. */
class TrimmingTest {

    private static final TopicPartition FIRST = new TopicPartition("first", 0);
    private static final TopicPartition SECOND = new TopicPartition("second", 0);

    @TempDir
    Path root;

    private Broker broker;
    private UnifiedLog first;
    private UnifiedLog second;

    @BeforeEach
    void start() throws IOException {
        broker = new Broker(root).sharedTopic("first").sharedTopic("second").start();
        first = broker.create(FIRST);
        second = broker.create(SECOND);
        first.appendAsLeader(Batches.of("a"), 0);
        second.appendAsLeader(Batches.of("x"), 0);
        broker.awaitDurable();
    }

    @AfterEach
    void close() {
        broker.device().letGo();
        broker.close();
    }

    private void trim() throws Exception {
        new LocalTrimmer(broker.runtime().wal(), broker.runtime().logs(), Duration.ofHours(1)).trim(false);
    }

    @Test
    void aTrimFlushesFirst() throws Exception {
        long before = broker.runtime().wal().trimPosition();
        trim();
        assertThat(broker.runtime().wal().trimPosition()).isGreaterThan(before);
        assertThat(first.recoveryPoint()).isEqualTo(1);
        assertThat(second.recoveryPoint()).isEqualTo(1);
    }

    @Test
    void aLogOfWhichNothingIsLeftInTheWalIsStillKnown() throws Exception {
        trim();
        trim();
        assertThat(broker.inWal(broker.shared(FIRST).id()).extents()).isEmpty();
        assertThat(broker.inWal(broker.shared(FIRST).id()).endOffset()).isEqualTo(1);
        assertThat(broker.inWal(broker.shared(FIRST).id()).topic()).isEqualTo("first");
        broker.crash();
        broker.start();
        assertThat(broker.runtime().logs().unopened()).isEmpty();
        assertThat(Batches.values(broker.log(FIRST))).containsExactly("0:a");
    }

    @Test
    void whatIsAppendedDuringATrimStays() throws Exception {
        FutureTask<Void> trim = new FutureTask<>(() -> {
            trim();
            return null;
        });
        Thread trimmer = new Thread(trim);
        synchronized (KafkaInternals.lock(second)) {
            trimmer.start();
            Eventually.blocks(trimmer);
            first.appendAsLeader(Batches.of("b"), 0);
            second.appendAsLeader(Batches.of("y"), 0);
            broker.awaitDurable();
        }
        trim.get();
        int firstSize = first.activeSegment().size();
        first.appendAsLeader(Batches.of("c"), 0);
        broker.awaitDurable();
        broker.crash();
        LocalFiles.cut(LocalFiles.newestSegment(broker.dirOf(FIRST)), firstSize);
        broker.start();
        assertThat(Batches.values(broker.log(FIRST))).containsExactly("0:a", "1:b", "2:c");
        assertThat(Batches.values(broker.log(SECOND))).containsExactly("0:x", "1:y");
    }

    @Test
    void aFlushThatEndsAfterATruncationDoesNotCountForWhatCameSince() throws Exception {
        for (int i = 1; i < 6; i++) {
            first.appendAsFollower(Batches.at(i, 0, "old " + i), 0);
        }
        Thread flush = new Thread(() -> first.flush(false));
        synchronized (KafkaInternals.lock(first)) {
            flush.start();
            Eventually.holds("the flush is to be marked", () -> flush.getState() == Thread.State.BLOCKED);
            first.truncateTo(1);
            first.appendAsFollower(Batches.at(1, 1, "new 1"), 1);
            first.roll();
            first.appendAsFollower(Batches.at(2, 1, "new 2"), 1);
        }
        flush.join();
        broker.awaitDurable();
        long before = broker.runtime().wal().trimPosition();
        // Whoever flushes it now notices.
        first.logSegments().get(0).log().closeHandlers();
        assertThatThrownBy(this::trim).isInstanceOf(KafkaStorageException.class);
        assertThat(broker.runtime().wal().trimPosition()).isEqualTo(before);
    }

    @Test
    void aLogThatCannotBeFlushedKeepsTheWalFromBeingTrimmed() throws Exception {
        long before = broker.runtime().wal().trimPosition();
        first.activeSegment().log().closeHandlers();
        assertThatThrownBy(this::trim).isInstanceOf(KafkaStorageException.class);
        assertThat(broker.runtime().wal().trimPosition()).isEqualTo(before);
        assertThat(broker.isOffline(broker.dir(0))).isTrue();
    }

    @Test
    void aLogThatWasClosedUnflushedKeepsItsRecordsInTheWal() throws Exception {
        long before = broker.runtime().wal().trimPosition();
        File dir = first.dir();
        first.closeHandlers();
        trim();
        assertThat(broker.runtime().wal().trimPosition()).isEqualTo(before);
        broker.crash();
        LocalFiles.cut(LocalFiles.newestSegment(dir), 0);
        broker.start();
        assertThat(Batches.values(broker.log(FIRST))).containsExactly("0:a");
    }

    @Test
    void aDeletedLogDoesNotHoldTheWalBack() throws Exception {
        long before = broker.runtime().wal().trimPosition();
        broker.delete(FIRST);
        trim();
        assertThat(broker.runtime().wal().trimPosition()).isGreaterThan(before);
        broker.crash();
        broker.start();
        assertThat(broker.has(FIRST)).isFalse();
        assertThat(broker.runtime().logs().unopened()).isEmpty();
    }

    @Test
    void aBrokerTrimsByItselfBeforeItsWalIsFull() throws IOException {
        broker.close();
        broker.with(AquiferConfig.TRIM_INTERVAL_MS_CONFIG, "10").start();
        Replicas replicas = new Replicas(broker);
        try {
            replicas.lead(FIRST, 1);
            for (int i = 0; i < 400; i++) {
                assertThat(replicas.produce(-1, FIRST, Batches.ofSize(100_000)).errors())
                        .as("append %d", i)
                        .doesNotContainValue(Errors.NOT_ENOUGH_REPLICAS);
            }
            assertThat(broker.runtime().wal().trimPosition()).isGreaterThan(ControlledDevice.SIZE);
        } finally {
            replicas.close();
        }
    }
}
