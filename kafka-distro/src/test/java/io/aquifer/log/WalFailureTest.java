package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.log.Replicas.Answer;
import io.aquifer.seam.Seams;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device that fails or hangs ends all acknowledgements. */
class WalFailureTest {

    private static final TopicPartition SHARED = new TopicPartition("shared", 0);
    private static final TopicPartition STOCK = new TopicPartition("stock", 0);

    @TempDir
    Path root;

    private Broker broker;
    private Replicas replicas;

    @BeforeEach
    void start() throws IOException {
        broker = new Broker(root, 2)
                .with(AquiferConfig.WAL_DEVICE_TIMEOUT_MS_CONFIG, "500")
                .sharedTopic("shared")
                .topic("stock")
                .start();
        replicas = new Replicas(broker);
        broker.create(SHARED);
        replicas.lead(SHARED, 0);
        replicas.lead(STOCK, 0);
    }

    @AfterEach
    void close() {
        broker.device().letGo();
        replicas.close();
        broker.close();
    }

    @Test
    void afterAFailedWriteNothingIsAcknowledged() throws IOException {
        broker.device().hold();
        Answer first = replicas.produce(1, 2_000, Map.of(SHARED, Batches.of("a")));
        Answer second = replicas.produce(-1, 2_000, Map.of(SHARED, Batches.of("b")));
        broker.device().fail(new IOException("bad sector"));
        assertOffline();
        assertThat(first.errors()).doesNotContainValue(Errors.NONE);
        assertThat(second.errors()).doesNotContainValue(Errors.NONE);
        assertThat(broker.log(SHARED).highWatermark()).isZero();
    }

    @Test
    void aWriteThatHangsFailsTheWalWhenItsTimeIsOver() throws IOException {
        broker.device().hold();
        Answer answer = replicas.produce(1, 3_000, Map.of(SHARED, Batches.of("a")));
        assertOffline();
        broker.device().letGo();
        assertThat(answer.errors()).doesNotContainValue(Errors.NONE);
        assertThat(broker.shared(SHARED).durableEnd().messageOffset).isZero();
    }

    @Test
    void laterAppendsFailAndOthersDoNot() throws IOException {
        broker.device().fail(new IOException("bad sector"));
        UnifiedLog log = broker.log(SHARED);
        log.appendAsLeader(Batches.of("a"), 0);
        assertOffline();
        long end = log.logEndOffset();
        assertThatThrownBy(() -> log.appendAsLeader(Batches.of("b"), 0)).isInstanceOf(KafkaStorageException.class);
        assertThat(log.logEndOffset()).isEqualTo(end);
        assertThat(replicas.produce(1, STOCK, Batches.of("c")).errors()).containsExactly(Map.entry(STOCK, Errors.NONE));
    }

    @Test
    void onlyDirectoriesOfSharedLogsGoOffline() {
        broker.device().fail(new IOException("bad sector"));
        replicas.produce(0, SHARED, Batches.of("a"));
        assertOffline();
        assertThat(broker.log(SHARED).parentDir())
                .isNotEqualTo(broker.log(STOCK).parentDir());
        assertThat(broker.isOffline(broker.log(STOCK).parentDirFile())).isFalse();
    }

    @Test
    void whatWasAcknowledgedBeforeIsThereAfterwards() throws IOException {
        assertThat(replicas.produce(1, SHARED, Batches.of("a")).errors())
                .containsExactly(Map.entry(SHARED, Errors.NONE));
        broker.device().fail(new IOException("bad sector"));
        replicas.produce(0, SHARED, Batches.of("b"));
        assertOffline();
        replicas.close();
        File dir = broker.log(SHARED).dir();
        LocalFiles.lose(dir, broker::crash);
        broker.start();
        replicas = new Replicas(broker);
        assertThat(Batches.values(broker.log(SHARED))).containsExactly("0:a");
    }

    @Test
    void appendingAfterTheEndIsAnErrorAndNothingWorse() {
        UnifiedLog log = broker.log(SHARED);
        Seams.stop();
        assertThatThrownBy(() -> log.appendAsLeader(Batches.of("late"), 0)).isInstanceOf(KafkaStorageException.class);
    }

    private void assertOffline() {
        Eventually.holds(
                "the directory is offline",
                () -> broker.isOffline(broker.log(SHARED).parentDirFile()));
        assertThat(broker.runtime().wal().failure()).isNotNull();
    }
}
