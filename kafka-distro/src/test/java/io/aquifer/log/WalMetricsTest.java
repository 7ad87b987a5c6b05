package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.yammer.metrics.core.Gauge;
import com.yammer.metrics.core.Histogram;
import com.yammer.metrics.core.Meter;
import com.yammer.metrics.core.Metric;
import io.aquifer.log.Replicas.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.server.metrics.KafkaYammerMetrics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees of the WAL. */
@Timeout(120)
class WalMetricsTest {

    private static final TopicPartition SHARED = new TopicPartition("shared", 0);
    private static final int BATCH = 50_000;

    @TempDir
    Path root;

    private Broker broker;
    private Replicas replicas;

    @BeforeEach
    void create() throws IOException {
        broker = new Broker(root).sharedTopic("shared");
    }

    private void start(long appendTimeoutMs) throws IOException {
        broker.with(AquiferConfig.WAL_APPEND_TIMEOUT_MS_CONFIG, "" + appendTimeoutMs)
                .start();
        replicas = new Replicas(broker);
        broker.create(SHARED);
        replicas.lead(SHARED, 0);
        broker.awaitDurable();
    }

    @AfterEach
    void close() {
        broker.device().letGo();
        replicas.close();
        broker.close();
    }

    @Test
    void whatTheDeviceHoldsUpIsInFlightInMemoryAndInTheLag() throws IOException {
        start(20);
        assertThat(value("SharedLogs")).isEqualTo(1);
        long ring = value("RingUsedBytes");
        long durable = value("DurablePosition");
        broker.device().hold();
        Answer answer = replicas.produce(1, SHARED, Batches.of("a", "b", "c"));

        Eventually.holds("a block is in flight", () -> value("BlocksInFlight") == 1);
        assertThat(value("DurableLagRecords")).isEqualTo(3);
        assertThat(value("MemoryUsedBytes")).isPositive();
        assertThat(value("RingUsedBytes")).isGreaterThan(ring).isLessThan(value("RingCapacityBytes"));
        assertThat(value("DurablePosition")).isEqualTo(durable);

        broker.device().letGo();
        assertThat(answer.errors()).containsExactly(Map.entry(SHARED, Errors.NONE));
        broker.awaitDurable();
        assertThat(value("BlocksInFlight")).isZero();
        assertThat(value("DurableLagRecords")).isZero();
        assertThat(value("MemoryUsedBytes")).isZero();
        assertThat(value("DurablePosition")).isGreaterThan(durable);
    }

    @Test
    void aBlockIsMeasuredWhenItIsDurable() throws IOException {
        start(20);
        long appends = histogram("AppendDurableTimeUs").count();
        long writes = histogram("DeviceWriteTimeUs").count();
        long bytes = meter("BytesWrittenPerSec").count();
        broker.device().hold();
        Answer answer = replicas.produce(1, SHARED, Batches.ofSize(BATCH));
        assertThat(histogram("AppendDurableTimeUs").count()).isEqualTo(appends);

        broker.device().letGo();
        assertThat(answer.errors()).containsExactly(Map.entry(SHARED, Errors.NONE));
        assertThat(histogram("AppendDurableTimeUs").count()).isEqualTo(appends + 1);
        assertThat(histogram("DeviceWriteTimeUs").count()).isEqualTo(writes + 1);
        assertThat(histogram("BlockBytes").count()).isEqualTo(writes + 1);
        assertThat(histogram("BlockBytes").max()).isGreaterThan(BATCH);
        assertThat(histogram("BlockRecords").count()).isEqualTo(writes + 1);
        assertThat(meter("BytesWrittenPerSec").count() - bytes).isBetween((long) BATCH, BATCH + 8192L);
    }

    @Test
    void anAppendWithoutRoomIsRefused() throws IOException {
        start(20);
        broker.device().hold();
        assertThat(meter("AppendsRefusedPerSec").count()).isZero();
        fill();
        assertThat(meter("AppendsRefusedPerSec").count()).isEqualTo(1);
        assertThat(value("AppendsWaiting")).isZero();
    }

    @Test
    void appendsWaitUntilThereIsRoom() throws Exception {
        start(3_600_000);
        broker.device().hold();
        while (broker.runtime().wal().memoryUsed() + 2 * BATCH < 3 * (1 << 20) / 4) {
            replicas.produce(1, SHARED, Batches.ofSize(BATCH));
        }
        FutureTask<Answer> first = new FutureTask<>(() -> replicas.produce(1, SHARED, Batches.ofSize(6 * BATCH)));
        new Thread(first).start();
        Eventually.holds("an append waits", () -> value("AppendsWaiting") == 1);
        FutureTask<Answer> second = new FutureTask<>(() -> replicas.produce(1, SHARED, Batches.of("a")));
        new Thread(second).start();
        Eventually.holds("two appends wait", () -> value("AppendsWaiting") == 2);

        broker.device().letGo();
        first.get();
        second.get();
        assertThat(value("AppendsWaiting")).isZero();
    }

    @Test
    void trimmingMovesTheTrimPositionAndFreesTheRing() throws Exception {
        start(20);
        long start = value("TrimPosition");
        replicas.produce(1, SHARED, Batches.ofSize(BATCH)).errors();
        long used = value("RingUsedBytes");
        new LocalTrimmer(broker.runtime().wal(), broker.runtime().logs(), Duration.ofHours(1)).trim(false);
        assertThat(value("TrimPosition") - start).isGreaterThan(BATCH);
        assertThat(value("RingUsedBytes")).isLessThan(used);
    }

    @Test
    void aWalThatHasFailedSaysSo() throws IOException {
        start(20);
        assertThat(value("Failed")).isZero();
        broker.device().fail(new IOException("broken"));
        replicas.produce(0, SHARED, Batches.of("a"));
        Eventually.holds("it has failed", () -> value("Failed") == 1);
    }

    @Test
    void nothingIsSeenOfAWalThatIsClosed() throws IOException {
        start(20);
        assertThat(metric("Failed")).isNotNull();
        broker.crash();
        assertThat(KafkaYammerMetrics.defaultRegistry().allMetrics().keySet())
                .noneMatch(name ->
                        name.getGroup().equals("io.aquifer") && name.getType().equals("Wal"));
    }

    private void fill() {
        Errors error = Errors.NONE;
        while (error == Errors.NONE) {
            Answer answer = replicas.produce(0, SHARED, Batches.ofSize(BATCH));
            error = answer.errors().get(SHARED);
        }
        assertThat(error).isEqualTo(Errors.NOT_ENOUGH_REPLICAS);
    }

    private static long value(String name) {
        return ((Number) ((Gauge<?>) metric(name)).value()).longValue();
    }

    private static Histogram histogram(String name) {
        return (Histogram) metric(name);
    }

    private static Meter meter(String name) {
        return (Meter) metric(name);
    }

    private static Metric metric(String name) {
        return KafkaYammerMetrics.defaultRegistry()
                .allMetrics()
                .get(KafkaYammerMetrics.getMetricName("io.aquifer", "Wal", name));
    }
}
