package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.log.Replicas.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What happens to appends for which the WAL has no room. */
@Timeout(300)
class FullWalTest {

    private static final TopicPartition SHARED = new TopicPartition("shared", 0);
    private static final TopicPartition STOCK = new TopicPartition("stock", 0);
    private static final int BATCH = 50_000;

    @TempDir
    Path root;

    private Broker broker;
    private Replicas replicas;
    private UnifiedLog log;

    @BeforeEach
    void create() throws IOException {
        broker = new Broker(root).sharedTopic("shared").topic("stock");
    }

    @AfterEach
    void close() {
        broker.device().letGo();
        replicas.close();
        broker.close();
    }

    private void start(long appendTimeoutMs) throws IOException {
        broker.with(AquiferConfig.WAL_APPEND_TIMEOUT_MS_CONFIG, "" + appendTimeoutMs)
                .start();
        replicas = new Replicas(broker);
        log = broker.create(SHARED);
        replicas.lead(SHARED, 0);
        replicas.lead(STOCK, 0);
        broker.device().hold();
    }

    /** Appends under locks, as no request does, until there is no room. */
    private void fill() {
        assertThatThrownBy(() -> {
                    while (true) {
                        log.appendAsLeader(Batches.ofSize(BATCH), 0);
                    }
                })
                .isInstanceOf(NotEnoughReplicasException.class)
                .hasMessageContaining("shared-0")
                .hasMessageContaining("no room");
    }

    @Test
    void aClaimUnderALockDoesNotWait() throws IOException {
        start(3_600_000);
        fill();
    }

    @Test
    void aProduceIsRefusedWhenItsTimeIsOver() throws IOException {
        start(20);
        fill();
        Answer answer = replicas.produce(-1, SHARED, Batches.ofSize(BATCH));
        assertThat(answer.errors()).containsExactly(Map.entry(SHARED, Errors.NOT_ENOUGH_REPLICAS));
    }

    @Test
    void aRefusedProduceLeavesNothingBehind() throws IOException {
        start(20);
        log.appendAsLeader(Batches.idempotent(7, 0, "a"), 0);
        fill();
        long end = log.logEndOffset();
        byte[] bytes = Batches.bytes(log);

        Answer refused = replicas.produce(-1, SHARED, idempotent(1));
        assertThat(refused.errors()).containsExactly(Map.entry(SHARED, Errors.NOT_ENOUGH_REPLICAS));
        assertThat(log.logEndOffset()).isEqualTo(end);
        assertThat(Batches.bytes(log)).isEqualTo(bytes);
        assertThat(log.activeProducersWithLastSequence()).containsEntry(7L, 0);

        broker.device().letGo();
        broker.awaitDurable();
        Answer retried = replicas.produce(-1, SHARED, idempotent(1));
        assertThat(retried.errors()).containsExactly(Map.entry(SHARED, Errors.NONE));
        assertThat(log.logEndOffset()).isEqualTo(end + 1);
        assertThat(log.activeProducersWithLastSequence()).containsEntry(7L, 1);
    }

    private static MemoryRecords idempotent(int sequence) {
        return Batches.idempotent(7, sequence, "x".repeat(BATCH));
    }

    @Test
    void partitionsThatAreNotSharedAreNotRefused() throws IOException {
        start(20);
        fill();
        Answer answer = replicas.produce(1, Map.of(SHARED, Batches.ofSize(BATCH), STOCK, Batches.of("b")));
        assertThat(answer.errors())
                .containsOnly(Map.entry(SHARED, Errors.NOT_ENOUGH_REPLICAS), Map.entry(STOCK, Errors.NONE));
        assertThat(broker.log(STOCK).logEndOffset()).isEqualTo(1);
    }

    @Test
    void aRequestWithoutSharedPartitionsDoesNotWait() throws IOException {
        start(3_600_000);
        fill();
        assertThat(replicas.produce(1, STOCK, Batches.of("b")).isGiven()).isTrue();
    }

    @Test
    void aProduceThatWaitsGetsRoomAsSoonAsThereIsSome() throws Exception {
        start(3_600_000);
        fill();
        FutureTask<Answer> produce = new FutureTask<>(() -> replicas.produce(-1, SHARED, Batches.ofSize(BATCH)));
        Thread handler = new Thread(produce);
        handler.start();
        Eventually.blocks(handler);
        broker.device().letGo();
        assertThat(produce.get().errors()).containsExactly(Map.entry(SHARED, Errors.NONE));
    }

    @Test
    void whoeverWaitsForRoomHoldsNoLock() throws Exception {
        start(3_600_000);
        fill();
        FutureTask<Answer> produce = new FutureTask<>(() -> replicas.produce(-1, SHARED, Batches.ofSize(BATCH)));
        Thread handler = new Thread(produce);
        handler.start();
        Eventually.blocks(handler);
        FutureTask<UnifiedLog> leadership = new FutureTask<>(() -> replicas.follow(SHARED, 1));
        new Thread(leadership).start();
        leadership.get();
        synchronized (KafkaInternals.lock(log)) {
            assertThat(produce.isDone()).isFalse();
        }
        broker.device().letGo();
        assertThat(produce.get().errors()).containsExactly(Map.entry(SHARED, Errors.NOT_LEADER_OR_FOLLOWER));
    }

    @Test
    void whatARequestReservedAndDidNotUseIsGivenBack() throws IOException {
        start(20);
        long used = broker.runtime().wal().memoryUsed();
        replicas.follow(SHARED, 1);
        Answer answer = replicas.produce(1, SHARED, Batches.ofSize(BATCH));
        assertThat(answer.errors()).containsExactly(Map.entry(SHARED, Errors.NOT_LEADER_OR_FOLLOWER));
        assertThat(broker.runtime().wal().memoryUsed()).isEqualTo(used);
    }

    @Test
    void aBatchThatNeverFitsIsTooLarge() throws IOException {
        start(20);
        assertThatThrownBy(() -> log.appendAsLeader(Batches.ofSize(300_000), 0))
                .isInstanceOf(RecordTooLargeException.class)
                .hasMessageContaining("shared-0");
        assertThat(log.logEndOffset()).isZero();
        assertThat(broker.isOffline(broker.dir(0))).isFalse();
    }

    @Test
    void aFullRingRefusesUntilItIsTrimmed() throws Exception {
        start(20);
        broker.device().letGo();
        assertThatThrownBy(() -> {
                    while (true) {
                        log.appendAsLeader(Batches.ofSize(BATCH), 0);
                        broker.awaitDurable();
                    }
                })
                .isInstanceOf(NotEnoughReplicasException.class)
                .hasMessageContaining("bytes of its ring are in use");
        new LocalTrimmer(broker.runtime().wal(), broker.runtime().logs(), Duration.ofHours(1)).trim(false);
        log.appendAsLeader(Batches.ofSize(BATCH), 0);
    }
}
