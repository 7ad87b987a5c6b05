package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.rebuild.IncarnationFile;
import io.aquifer.wal.layout.LogId;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs become shared and cease to be, while they are open and appended to. */
class SharingTest {

    private static final TopicPartition PARTITION = new TopicPartition("topic", 0);

    @TempDir
    Path root;

    private Broker broker;

    @BeforeEach
    void create() throws IOException {
        broker = new Broker(root);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void aLogThatIsNotSharedWritesNothingToTheWal() throws IOException {
        UnifiedLog log = broker.topic("topic").start().create(PARTITION);
        log.appendAsLeader(Batches.of("a"), 0);
        log.maybeIncrementHighWatermark(log.logEndOffsetMetadata());

        assertThat(log.highWatermark()).isEqualTo(1);
        assertThat(broker.shared(PARTITION)).isNull();
        assertThat(broker.runtime().wal().ringUsed()).isZero();
        assertThat(new File(log.dir(), IncarnationFile.NAME)).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"__consumer_offsets", "__transaction_state", "__share_group_state"})
    void anInternalLogTakesTheStockPath(String topic) throws IOException {
        TopicPartition partition = new TopicPartition(topic, 0);
        UnifiedLog log = broker.sharedTopic(topic).start().create(partition);
        log.appendAsLeader(Batches.of("a"), 0);

        assertThat(broker.shared(partition)).isNull();
        assertThat(broker.runtime().wal().ringUsed()).isZero();
        assertThat(log.activeSegment().getClass()).isEqualTo(LogSegment.class);
    }

    @Test
    void theMetadataLogTakesTheStockPath() throws IOException {
        TopicPartition partition = new TopicPartition("__cluster_metadata", 0);
        UnifiedLog log = broker.sharedTopic(partition.topic()).start().create(partition);
        log.appendAsLeader(Batches.of("a"), 0);

        assertThat(broker.runtime().wal().ringUsed()).isZero();
        assertThat(log.activeSegment().getClass()).isEqualTo(LogSegment.class);
    }

    @Test
    void aCompactedLogTakesTheStockPath() throws IOException {
        UnifiedLog log = broker.topic("topic", "remote.storage.enable", "true", "cleanup.policy", "compact")
                .start()
                .create(PARTITION);
        assertThat(broker.shared(PARTITION)).isNull();
        assertThat(broker.runtime().wal().ringUsed()).isZero();
        assertThat(log.highWatermark()).isZero();
    }

    @Test
    void aTopicThatTheFilterLeavesOutIsNotShared() throws IOException {
        broker.with(AquiferConfig.TOPICS_CONFIG, "other,top").sharedTopic("topic");
        broker.start().create(PARTITION);
        assertThat(broker.shared(PARTITION)).isNull();
    }

    @Test
    void anOpenLogBecomesSharedAndItsOpenSegmentWritesToTheWal() throws IOException {
        UnifiedLog log = broker.topic("topic").start().create(PARTITION);
        log.appendAsLeader(Batches.of("a"), 0);
        broker.reconfigure("topic", "remote.storage.enable", "true");

        assertThat(log.recoveryPoint()).isEqualTo(1);
        assertThat(broker.shared(PARTITION).durableEnd().messageOffset).isEqualTo(1);
        broker.device().hold();
        log.appendAsLeader(Batches.of("b"), 0);
        log.maybeIncrementHighWatermark(log.logEndOffsetMetadata());
        assertThat(log.highWatermark()).isEqualTo(1);
        broker.device().letGo();
        broker.awaitDurable();
        assertThat(broker.inWal(broker.shared(PARTITION).id()).extents()).hasSize(1);
    }

    @Test
    void aLogThatBecameSharedIsRestoredFromBothPlaces() throws IOException {
        UnifiedLog log = broker.topic("topic").start().create(PARTITION);
        log.appendAsLeader(Batches.of("a"), 0);
        broker.reconfigure("topic", "remote.storage.enable", "true");
        long shared = log.activeSegment().size();
        log.appendAsLeader(Batches.of("b"), 0);
        broker.awaitDurable();
        broker.crash();
        LocalFiles.cut(LocalFiles.newestSegment(broker.dirOf(PARTITION)), shared);

        broker.start();
        assertThat(Batches.values(broker.log(PARTITION))).containsExactly("0:a", "1:b");
    }

    @Test
    void aLogThatCeasesToBeSharedIsFlushedAndForgotten() throws IOException {
        UnifiedLog log = broker.sharedTopic("topic").start().create(PARTITION);
        log.appendAsLeader(Batches.of("a"), 0);
        LogId id = broker.shared(PARTITION).id();
        broker.reconfigure("topic");

        assertThat(log.recoveryPoint()).isEqualTo(1);
        assertThat(broker.shared(PARTITION)).isNull();
        assertThat(new File(log.dir(), IncarnationFile.NAME)).doesNotExist();
        Eventually.holds("the WAL forgets it", () -> broker.inWal(id).deleted());
        long used = broker.runtime().wal().ringUsed();
        log.appendAsLeader(Batches.of("b"), 0);
        log.maybeIncrementHighWatermark(log.logEndOffsetMetadata());
        assertThat(log.highWatermark()).isEqualTo(2);
        assertThat(broker.runtime().wal().ringUsed()).isEqualTo(used);
    }

    @Test
    void whatWasAppendedUnsharedInBetweenIsKept() throws IOException {
        UnifiedLog log = broker.sharedTopic("topic").start().create(PARTITION);
        log.appendAsLeader(Batches.of("a"), 0);
        LogId first = broker.shared(PARTITION).id();
        broker.reconfigure("topic");
        log.appendAsLeader(Batches.of("b"), 0);
        broker.reconfigure("topic", "remote.storage.enable", "true");
        log.appendAsLeader(Batches.of("c"), 0);
        assertThat(broker.shared(PARTITION).id()).isNotEqualTo(first);
        broker.awaitDurable();
        broker.crash();
        broker.start();
        assertThat(Batches.values(broker.log(PARTITION))).containsExactly("0:a", "1:b", "2:c");
    }

    @Test
    void whatWasInFlightBeforeATruncationThatWasNotRecordedDoesNotCount() throws IOException {
        UnifiedLog log = broker.sharedTopic("topic").start().create(PARTITION);
        broker.device().hold();
        log.appendAsLeader(Batches.of("a"), 0);
        log.appendAsLeader(Batches.of("b"), 0);
        broker.reconfigure("topic");
        log.truncateTo(1);
        broker.reconfigure("topic", "remote.storage.enable", "true");
        long durable = broker.runtime().wal().durablePosition();
        broker.device().letGo();
        Eventually.holds(
                "all is written",
                () -> broker.runtime().wal().durablePosition() > durable
                        && broker.runtime().wal().blocksInFlight() == 0);
        assertThat(broker.shared(PARTITION).durableEnd().messageOffset).isEqualTo(1);
    }

    @Test
    void aTopicMadeCompactedIsNoLongerShared() throws IOException {
        broker.sharedTopic("topic").start().create(PARTITION);
        broker.reconfigure("topic", "remote.storage.enable", "true", "cleanup.policy", "compact");
        assertThat(broker.shared(PARTITION)).isNull();
    }

    @Test
    void appendsGoOnWhileALogBecomesSharedAndCeasesToBe() throws Exception {
        UnifiedLog log = broker.topic("topic").start().create(PARTITION);
        AtomicBoolean enough = new AtomicBoolean();
        FutureTask<Integer> appended = new FutureTask<>(() -> {
            int count = 0;
            while (!enough.get() || count < 200) {
                log.appendAsLeader(Batches.of("v" + count), 0);
                count++;
            }
            return count;
        });
        new Thread(appended).start();
        for (int i = 0; i < 10; i++) {
            broker.reconfigure("topic", "remote.storage.enable", "true");
            broker.reconfigure("topic");
        }
        broker.reconfigure("topic", "remote.storage.enable", "true");
        enough.set(true);
        int count = appended.get();
        broker.awaitDurable();
        broker.crash();
        broker.start();

        assertThat(Batches.values(broker.log(PARTITION)))
                .hasSize(count)
                .last()
                .isEqualTo((count - 1) + ":v" + (count - 1));
    }

    @Test
    void sharingTwiceAtOnceIsSharingOnce() throws Exception {
        UnifiedLog log = broker.topic("topic").start().create(PARTITION);
        LogConfig shared =
                broker.topic("topic", "remote.storage.enable", "true").config("topic");
        Thread first = new Thread(() -> log.updateConfig(shared));
        Thread second = new Thread(() -> log.updateConfig(shared));
        synchronized (KafkaInternals.lock(log)) {
            first.start();
            second.start();
            Eventually.blocks(first);
            Eventually.blocks(second);
        }
        first.join();
        second.join();
        Eventually.holds(
                "the WAL knows it", () -> broker.inWal(broker.shared(PARTITION).id()) != null);
        assertThat(broker.walIndex().logs()).hasSize(1);
    }

    @Test
    void aLogWithoutATopicIdIsSharedOnceItHasOne() throws IOException {
        UnifiedLog log = broker.sharedTopic("topic").start().create(PARTITION);
        broker.crash();
        Files.deleteIfExists(new File(log.dir(), "partition.metadata").toPath());
        broker.start();
        UnifiedLog again = broker.log(PARTITION);
        assertThat(again.topicId()).isEmpty();
        again.assignTopicId(broker.topicId("topic"));

        broker.device().hold();
        again.appendAsLeader(Batches.of("a"), 0);
        again.maybeIncrementHighWatermark(again.logEndOffsetMetadata());
        assertThat(again.highWatermark()).isZero();
    }
}
