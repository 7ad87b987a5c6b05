package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.log.Replicas.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import kafka.cluster.Partition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a produce is answered. */
class DeviceAcksTest {

    private static final TopicPartition SHARED = new TopicPartition("shared", 0);
    private static final TopicPartition STOCK = new TopicPartition("stock", 0);

    @TempDir
    Path root;

    private Broker broker;
    private Replicas replicas;

    @BeforeEach
    void start() throws IOException {
        broker = new Broker(root).sharedTopic("shared").topic("stock").start();
        replicas = new Replicas(broker);
        broker.create(SHARED);
        replicas.lead(SHARED, 0);
        replicas.lead(STOCK, 0);
        broker.device().hold();
    }

    @AfterEach
    void close() {
        broker.device().letGo();
        replicas.close();
        broker.close();
    }

    @Test
    void acks1WaitsForTheDevice() {
        Answer answer = replicas.produce(1, SHARED, Batches.of("a"));
        assertThat(answer.isGiven()).isFalse();
        broker.device().letGo();
        assertThat(answer.errors()).containsExactly(Map.entry(SHARED, Errors.NONE));
    }

    @Test
    void acksAllWaitsForTheDevice() {
        Answer answer = replicas.produce(-1, SHARED, Batches.of("a"));
        assertThat(answer.isGiven()).isFalse();
        broker.device().letGo();
        assertThat(answer.errors()).containsExactly(Map.entry(SHARED, Errors.NONE));
    }

    @Test
    void acks0WaitsForNothing() {
        assertThat(replicas.produce(0, SHARED, Batches.of("a")).isGiven()).isTrue();
    }

    @Test
    void aTopicThatIsNotSharedIsAnsweredAtOnce() {
        assertThat(replicas.produce(1, STOCK, Batches.of("a")).isGiven()).isTrue();
        assertThat(replicas.produce(-1, STOCK, Batches.of("a")).isGiven()).isTrue();
    }

    @Test
    void aCoordinatorGetsItsAnswerAtOnceAndWaitsForTheHighWatermarkItself() {
        assertThat(replicas.appendAsCoordinator(SHARED, Batches.of("a"))).isEqualTo(Errors.NONE);
        UnifiedLog log = broker.log(SHARED);
        assertThat(log.logEndOffset()).isEqualTo(1);
        assertThat(log.highWatermark()).isZero();
        broker.device().letGo();
        Eventually.holds("the high watermark rises", () -> log.highWatermark() == 1);
    }

    @Test
    void acks1DoesNotWaitForFollowers() {
        replicas.lead(SHARED, 1, Replicas.LOCAL, Replicas.REMOTE);
        Answer one = replicas.produce(1, SHARED, Batches.of("a"));
        Answer all = replicas.produce(-1, SHARED, Batches.of("b"));
        broker.device().letGo();
        assertThat(one.errors()).containsExactly(Map.entry(SHARED, Errors.NONE));
        broker.awaitDurable();
        replicas.look(SHARED);
        assertThat(all.isGiven()).isFalse();
        assertThat(broker.log(SHARED).highWatermark()).isZero();
    }

    @Test
    void ofOneRequestOnlyTheSharedPartitionsCanTimeOut() {
        Answer answer = replicas.produce(1, 50, Map.of(SHARED, Batches.of("a"), STOCK, Batches.of("b")));
        assertThat(answer.isGiven()).isFalse();
        assertThat(answer.errors())
                .containsOnly(Map.entry(SHARED, Errors.REQUEST_TIMED_OUT), Map.entry(STOCK, Errors.NONE));
    }

    @Test
    void aPartitionThatFailedKeepsItsErrorWhileTheOthersWait() {
        broker.topic("unknown");
        TopicPartition unknown = new TopicPartition("unknown", 0);
        Answer answer = replicas.produce(1, Map.of(SHARED, Batches.of("a"), unknown, Batches.of("b")));
        assertThat(answer.isGiven()).isFalse();
        broker.device().letGo();
        Map<TopicPartition, Errors> errors = answer.errors();
        assertThat(errors).containsEntry(SHARED, Errors.NONE).hasSize(2);
        assertThat(errors.get(unknown)).isNotEqualTo(Errors.NONE);
    }

    @Test
    void whoeverLosesTheLeadershipSaysSo() {
        Answer answer = replicas.produce(1, SHARED, Batches.of("a"));
        replicas.follow(SHARED, 1);
        replicas.look(SHARED);
        assertThat(answer.errors()).containsExactly(Map.entry(SHARED, Errors.NOT_LEADER_OR_FOLLOWER));
    }

    @Test
    void offsetsThatWentToOtherRecordsAreNotAcknowledged() throws IOException {
        Answer answer = replicas.produce(1, SHARED, Batches.of("a"));
        UnifiedLog log = replicas.follow(SHARED, 1);
        log.truncateTo(0);
        log.appendAsFollower(Batches.at(0, 1, "A", "B"), 1);
        replicas.lead(SHARED, 2);
        broker.device().letGo();
        broker.awaitDurable();
        replicas.look(SHARED);
        assertThat(answer.errors()).containsExactly(Map.entry(SHARED, Errors.NOT_LEADER_OR_FOLLOWER));
    }

    @Test
    void aDuplicateIsAcknowledgedOnceTheFirstIsDurable() {
        Answer first = replicas.produce(1, SHARED, Batches.idempotent(7, 0, "a"));
        Answer again = replicas.produce(1, SHARED, Batches.idempotent(7, 0, "a"));
        assertThat(first.isGiven()).isFalse();
        assertThat(again.isGiven()).isFalse();
        broker.device().letGo();
        assertThat(first.errors()).containsExactly(Map.entry(SHARED, Errors.NONE));
        assertThat(again.errors()).containsExactly(Map.entry(SHARED, Errors.NONE));
        assertThat(broker.log(SHARED).logEndOffset()).isEqualTo(1);
    }

    @Test
    void whoeverWaitsIsAnsweredWhenTheTopicCeasesToBeShared() {
        Answer one = replicas.produce(1, SHARED, Batches.of("a"));
        Answer all = replicas.produce(-1, SHARED, Batches.of("b"));
        broker.reconfigure("shared");
        assertThat(one.errors()).containsExactly(Map.entry(SHARED, Errors.NONE));
        assertThat(all.errors()).containsExactly(Map.entry(SHARED, Errors.NONE));
    }

    @Test
    void whoeverWaitsIsAnsweredWhenTheTopicCeasedToBeSharedAndIsAgain() {
        Answer one = replicas.produce(1, SHARED, Batches.of("a"));
        Answer all = replicas.produce(-1, SHARED, Batches.of("b"));
        broker.reconfigure("shared");
        broker.reconfigure("shared", "remote.storage.enable", "true");
        assertThat(all.errors()).containsExactly(Map.entry(SHARED, Errors.NONE));
        assertThat(one.errors()).containsExactly(Map.entry(SHARED, Errors.NONE));
    }

    @Test
    void theHighWatermarkOfAPartitionRisesByItself() {
        replicas.produce(0, SHARED, Batches.of("a"));
        assertThat(broker.log(SHARED).highWatermark()).isZero();
        broker.device().letGo();
        Eventually.holds("the high watermark rises", () -> broker.log(SHARED).highWatermark() == 1);
    }

    @Test
    void aPartitionWhoseLockIsTakenHoldsUpNeitherTheDeviceNorOthers() throws ReflectiveOperationException {
        TopicPartition other = leadInAnotherStripe();
        Answer first = replicas.produce(1, SHARED, Batches.of("a"));
        Answer second = replicas.produce(1, other, Batches.of("b"));
        ReentrantReadWriteLock lock = leadershipLock(SHARED);
        lock.writeLock().lock();
        try {
            broker.device().letGo();
            broker.awaitDurable();
            assertThat(second.errors()).containsExactly(Map.entry(other, Errors.NONE));
            assertThat(first.isGiven()).isFalse();
        } finally {
            lock.writeLock().unlock();
        }
        assertThat(first.errors()).containsExactly(Map.entry(SHARED, Errors.NONE));
    }

    /** Another shared partition, which another thread than that of {@link #SHARED} calls back. */
    private TopicPartition leadInAnotherStripe() {
        for (int i = 1; ; i++) {
            TopicPartition other = new TopicPartition("shared", i);
            replicas.lead(other, 0);
            if (DurableCallbacks.stripe(broker.shared(other)) != DurableCallbacks.stripe(broker.shared(SHARED))) {
                return other;
            }
        }
    }

    private ReentrantReadWriteLock leadershipLock(TopicPartition partition) throws ReflectiveOperationException {
        var field = Partition.class.getDeclaredField("leaderIsrUpdateLock");
        field.setAccessible(true);
        return (ReentrantReadWriteLock) field.get(replicas.partition(partition));
    }
}
