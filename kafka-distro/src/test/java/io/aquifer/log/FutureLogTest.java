package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.log.Replicas.Answer;
import io.aquifer.rebuild.IncarnationFile;
import io.aquifer.wal.layout.LogId;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import kafka.cluster.Partition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A partition moves from one log directory of the broker to another. */
class FutureLogTest {

    private static final TopicPartition PARTITION = new TopicPartition("shared", 0);

    @TempDir
    Path root;

    private Broker broker;
    private Replicas replicas;
    private Partition partition;
    private UnifiedLog current;
    private UnifiedLog future;

    @BeforeEach
    void start() throws IOException {
        broker = new Broker(root, 2).sharedTopic("shared").start();
        replicas = new Replicas(broker);
        current = broker.create(PARTITION);
        replicas.lead(PARTITION, 0);
        partition = replicas.partition(PARTITION);
        current.appendAsLeader(Batches.of("a"), 0);
        broker.awaitDurable();
        File target = current.parentDir().equals(broker.dir(0).getPath()) ? broker.dir(1) : broker.dir(0);
        future = replicas.moveTo(PARTITION, target);
    }

    @AfterEach
    void close() {
        broker.device().letGo();
        replicas.close();
        broker.close();
    }

    /** Copies all there is from the current log to the future one, as Kafka does, and swaps them if that is all. */
    private boolean catchUpAndSwap() {
        copy();
        return partition.maybeReplaceCurrentWithFutureReplica();
    }

    private void copy() {
        MemoryRecords records = MemoryRecords.readableRecords(ByteBuffer.wrap(Batches.bytes(current)));
        partition.appendRecordsToFollowerOrFutureReplica(records, true, 0);
    }

    @Test
    void aFutureLogWritesNothingToTheWal() {
        long used = broker.runtime().wal().ringUsed();
        copy();
        future.truncateTo(0);
        assertThat(broker.runtime().wal().ringUsed()).isEqualTo(used);
        assertThat(new File(future.dir(), IncarnationFile.NAME)).doesNotExist();
    }

    @Test
    void aFutureLogThatBecomesTheCurrentOneIsDurableFromThenOn() {
        LogId before = broker.shared(PARTITION).id();
        assertThat(catchUpAndSwap()).isTrue();

        LogId after = broker.shared(PARTITION).id();
        assertThat(after.topicId()).isEqualTo(before.topicId());
        assertThat(after.incarnation()).isNotEqualTo(before.incarnation());
        assertThat(future.recoveryPoint()).isEqualTo(1);
        Eventually.holds("the old one is forgotten", () -> broker.inWal(before).deleted());

        broker.device().hold();
        Answer answer = replicas.produce(1, PARTITION, Batches.of("b"));
        assertThat(answer.isGiven()).isFalse();
        broker.device().letGo();
        assertThat(answer.errors()).containsExactly(Map.entry(PARTITION, Errors.NONE));
    }

    @Test
    void afterARestartTheMovedLogIsRestored() throws IOException {
        catchUpAndSwap();
        long swapped = future.activeSegment().size();
        future.appendAsLeader(Batches.of("b"), 0);
        broker.awaitDurable();
        File dir = future.dir();
        replicas.close();
        broker.crash();
        LocalFiles.cut(LocalFiles.newestSegment(dir), swapped);
        broker.start();
        replicas = new Replicas(broker);
        assertThat(broker.log(PARTITION).dir()).isEqualTo(dir);
        assertThat(Batches.values(broker.log(PARTITION))).containsExactly("0:a", "1:b");
    }

    @Test
    void aProduceThatWaitsDuringTheSwapIsAnswered() throws IOException {
        broker.device().hold();
        Answer one = replicas.produce(1, PARTITION, Batches.of("b"));
        Answer all = replicas.produce(-1, PARTITION, Batches.of("c"));
        assertThat(catchUpAndSwap()).isTrue();
        assertThat(future.recoveryPoint()).isEqualTo(3);
        broker.device().letGo();
        assertThat(one.errors()).containsExactly(Map.entry(PARTITION, Errors.NONE));
        assertThat(all.errors()).containsExactly(Map.entry(PARTITION, Errors.NONE));
        assertThat(future.highWatermark()).isEqualTo(3);
        assertThat(future.read(0, 1 << 20, FetchIsolation.HIGH_WATERMARK, true)
                        .records
                        .sizeInBytes())
                .isEqualTo(future.activeSegment().size());
    }

    @Test
    void aFutureLogThatIsFarBehindIsNotFlushed() throws IOException {
        copy();
        current.appendAsLeader(Batches.of("b"), 0);
        assertThat(partition.maybeReplaceCurrentWithFutureReplica()).isFalse();
        assertThat(future.recoveryPoint()).isZero();
    }

    @Test
    void theOldDirectoryThatIsStillThereAfterARestartDoesNotComeBack() throws IOException {
        catchUpAndSwap();
        File left = current.dir();
        assertThat(left.getName()).endsWith("-delete");
        replicas.close();
        broker.crash();
        broker.start();
        replicas = new Replicas(broker);
        assertThat(left).exists();
        assertThat(broker.runtime().logs().unopened()).isEmpty();
        assertThat(broker.log(PARTITION).dir()).isEqualTo(future.dir());
    }
}
