package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.LogSegmentOffsetOverflowException;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An append that the WAL has taken and the local file hasn't. */
class FailedAppendTest {

    private static final TopicPartition PARTITION = new TopicPartition("shared", 0);

    @TempDir
    Path root;

    private Broker broker;
    private UnifiedLog log;

    @BeforeEach
    void start() throws IOException {
        // Every batch gets an entry in the index.
        broker = new Broker(root)
                .topic("shared", "remote.storage.enable", "true", "index.interval.bytes", "0")
                .start();
        log = broker.create(PARTITION);
        log.appendAsLeader(Batches.of("a"), 0);
        log.appendAsLeader(Batches.of("b"), 0);
        broker.awaitDurable();
    }

    @AfterEach
    void close() {
        broker.close();
    }

    /** Makes the next append fail once its bytes are in the file, without a failure of the disk. */
    private void failNextAppend() throws IOException {
        LogSegment segment = log.activeSegment();
        long next = log.logEndOffset();
        segment.offsetIndex().append(next + 100, segment.size());
        assertThatThrownBy(() -> log.appendAsLeader(Batches.of("failed"), 0)).isInstanceOf(RuntimeException.class);
        segment.offsetIndex().truncateTo(next);
        assertThat(log.logEndOffset()).isEqualTo(next);
    }

    @Test
    void aFailedAppendDoesNotRaiseTheDurableEnd() throws IOException {
        failNextAppend();
        broker.awaitDurable();
        assertThat(broker.shared(PARTITION).durableEnd().messageOffset).isEqualTo(2);
    }

    @Test
    void aFailedAppendThatIsStillOnItsWayDoesNotRaiseTheDurableEnd() throws IOException {
        broker.device().hold();
        failNextAppend();
        long durable = broker.runtime().wal().durablePosition();
        broker.device().letGo();
        Eventually.holds(
                "everything is written",
                () -> broker.runtime().wal().durablePosition() > durable
                        && broker.runtime().wal().blocksInFlight() == 0);
        assertThat(broker.shared(PARTITION).durableEnd().messageOffset).isEqualTo(2);
    }

    @Test
    void appendsInFlightBeforeItAreStillAcknowledged() throws IOException {
        broker.device().hold();
        log.appendAsLeader(Batches.of("c"), 0);
        failNextAppend();
        broker.device().letGo();
        broker.awaitDurable();
        assertThat(broker.shared(PARTITION).durableEnd().messageOffset).isEqualTo(3);
    }

    @Test
    void aFailedAppendIsNotReplayed() throws IOException {
        int size = log.activeSegment().size();
        failNextAppend();
        broker.awaitDurable();
        broker.crash();
        LocalFiles.cut(LocalFiles.newestSegment(broker.dirOf(PARTITION)), size);
        broker.start();
        assertThat(Batches.values(broker.log(PARTITION))).containsExactly("0:a", "1:b");
    }

    @Test
    void itsOffsetsGoToTheNextAppend() throws IOException {
        failNextAppend();
        log.appendAsLeader(Batches.of("c"), 0);
        broker.awaitDurable();
        assertThat(broker.shared(PARTITION).durableEnd().messageOffset).isEqualTo(3);
        LocalFiles.lose(broker.dirOf(PARTITION), broker::crash);
        broker.start();
        assertThat(Batches.values(broker.log(PARTITION))).containsExactly("0:a", "1:b", "2:c");
    }

    @Test
    void aFileThatCannotBeWrittenTakesTheDirectoryOffline() throws IOException {
        int size = log.activeSegment().size();
        log.activeSegment().log().closeHandlers();
        assertThatThrownBy(() -> log.appendAsLeader(Batches.of("c"), 0)).isInstanceOf(KafkaStorageException.class);
        assertThat(broker.isOffline(broker.dir(0))).isTrue();
        Eventually.holds(
                "it is taken back in the WAL too",
                () -> broker.inWal(broker.shared(PARTITION).id()).endOffset() == 2);
        broker.crash();
        LocalFiles.cut(LocalFiles.newestSegment(broker.dirOf(PARTITION)), size);
        broker.start();
        assertThat(Batches.values(broker.log(PARTITION))).containsExactly("0:a", "1:b");
    }

    @Test
    void anOffsetTheSegmentCannotHoldIsRefusedBeforeTheWalHearsOfIt() {
        int generation = broker.shared(PARTITION).generation();
        LogSegment segment = log.activeSegment();
        assertThatThrownBy(() -> segment.append(1L << 40, Batches.at(1L << 40, 0, "far")))
                .isInstanceOf(LogSegmentOffsetOverflowException.class);
        assertThat(broker.shared(PARTITION).generation()).isEqualTo(generation);
    }
}
