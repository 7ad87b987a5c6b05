package io.aquifer.bench;

import io.aquifer.harness.AquiferCluster;
import io.aquifer.harness.Await;
import io.aquifer.harness.BrokerMetrics;
import io.aquifer.harness.BrokerProcess;
import io.aquifer.harness.Cleanup;
import io.aquifer.harness.Folders;
import io.aquifer.harness.Tier;
import io.aquifer.harness.Topics;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * How long a broker takes to restore a compacted topic of 1 GiB, when its log directories are lost. The S3 server is in this JVM,
 * on the same processors.
 *
 * <p>Each record has a key of its own, so that cleaning leaves all of them, and values that don't compress.
 */
final class TableRestoreBench {

    private static final String TABLE = "table";
    private static final int PARTITIONS = 4;
    private static final int SEGMENT_BYTES = 64 << 20;
    private static final int RECORDS = 1 << 20;
    private static final int VALUE_BYTES = 1 << 10;
    private static final long SEED = 1;
    private static final Duration GRACE = Duration.ofMinutes(4);
    private static final String MIRRORED = "io.aquifer:type=Mirror,name=BytesPerSec";

    private final BenchPlan plan;
    private final Progress progress;

    TableRestoreBench(BenchPlan plan, Progress progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /** Runs it. */
    Figure run() throws Exception {
        List<Double> rebuilt = new ArrayList<>();
        try (Cleanup cleanup = new Cleanup()) {
            Path folder = cleanup.add(Folders.scratch("bench-table-restore")).path();
            Tier tier = cleanup.add(Tier.start(folder.resolve("s3")));
            AquiferCluster cluster = UploadBench.prepare(
                    plan, cleanup, folder.resolve("aquifer"), Map.of("aquifer.compacted.topics", TABLE));
            tier.useIn(cluster.cluster());
            BrokerProcess broker = cluster.start().broker();
            Admin admin = cleanup.add(broker.admin());
            Topics topics = new Topics(admin);
            topics.create(
                    TABLE,
                    PARTITIONS,
                    1,
                    Map.of("cleanup.policy", "compact", "segment.bytes", Integer.toString(SEGMENT_BYTES)));
            write(broker.bootstrap());
            awaitMirror(broker);
            for (int round = 0; round < plan.rounds(); round++) {
                Starts starts = Starts.measure(cluster, () -> requireAll(topics));
                double rebuild = CoordinatorRestartBench.secondsOfRebuild(broker);
                progress.line(String.format(
                        Locale.ROOT, "  a compacted topic of 1 GiB: %s, of which %.1f s of rebuild", starts, rebuild));
                rebuilt.add(rebuild);
            }
        }
        return new Figure("compacted topic of 1 GiB: rebuilt in", "s", rebuilt, Optional.empty());
    }

    private static void write(String bootstrap) throws Exception {
        Random random = new Random(SEED);
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ProducerConfig.BATCH_SIZE_CONFIG,
                64 << 10,
                ProducerConfig.LINGER_MS_CONFIG,
                5,
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class))) {
            for (int key = 0; key < RECORDS; key++) {
                byte[] value = new byte[VALUE_BYTES];
                random.nextBytes(value);
                byte[] bytes = ByteBuffer.allocate(Integer.BYTES).putInt(key).array();
                var unused = producer.send(
                        new ProducerRecord<>(TABLE, key % PARTITIONS, bytes, value), (metadata, failed) -> {
                            if (failed != null) {
                                failure.compareAndSet(null, failed);
                            }
                        });
            }
        }
        Exception failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("A record of the table was not acknowledged", failed);
        }
    }

    /** Waits until S3 has all but the segments that are being written. */
    private static void awaitMirror(BrokerProcess broker) throws Exception {
        long all = (long) RECORDS * VALUE_BYTES;
        long least = all - (long) PARTITIONS * SEGMENT_BYTES;
        try (BrokerMetrics metrics = BrokerMetrics.of(broker)) {
            Await.until("the table's closed segments in S3", GRACE, () -> metrics.count(MIRRORED) >= least);
        }
    }

    private static void requireAll(Topics topics) {
        long records = 0;
        for (int partition = 0; partition < PARTITIONS; partition++) {
            records += topics.end(TABLE, partition);
        }
        if (records != RECORDS) {
            throw new IllegalStateException("The table has " + records + " records, not " + RECORDS);
        }
    }
}
