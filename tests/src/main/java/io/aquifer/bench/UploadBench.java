package io.aquifer.bench;

import io.aquifer.bench.Comparison.Target;
import io.aquifer.harness.AquiferCluster;
import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.Await;
import io.aquifer.harness.BrokerMetrics;
import io.aquifer.harness.BrokerProcess;
import io.aquifer.harness.BrokerProcess.Tuning;
import io.aquifer.harness.Cleanup;
import io.aquifer.harness.Folders;
import io.aquifer.harness.Tier;
import io.aquifer.harness.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A broker whose WAL goes to S3: beside one whose WAL stays on its device, how far S3 is behind, what is uploaded for what is
 * produced, and how long it takes to start without its local disk. The S3 server is in this JVM, on the same processors.
 */
final class UploadBench {

    private static final long WAL_BYTES = 2L << 30;
    private static final Duration GRACE = Duration.ofMinutes(4);
    private static final String UPLOADED = "io.aquifer:type=WalUpload,name=BytesPerSec";
    private static final String LAG = "io.aquifer:type=WalUpload,name=LagMs";
    private static final String PRODUCED = "kafka.server:type=BrokerTopicMetrics,name=BytesInPerSec";
    private static final String COPIED = "kafka.server:type=BrokerTopicMetrics,name=RemoteCopyBytesPerSec";
    /** A tiered topic that leaves little on the local disk. */
    static final Map<String, String> SEGMENTS = Map.of(
            "remote.storage.enable", "true",
            "segment.bytes", Integer.toString(16 << 20),
            "local.retention.bytes", "1");

    private final BenchPlan plan;
    private final Progress progress;
    private final Cleanup cleanup;
    private final BrokerPairs pairs;
    private final List<Comparison> comparisons = new ArrayList<>();
    private final List<Figure> figures = new ArrayList<>();

    UploadBench(BenchPlan plan, Progress progress, Cleanup cleanup) {
        this.plan = plan;
        this.progress = progress;
        this.cleanup = cleanup;
        this.pairs = new BrokerPairs(plan, progress);
    }

    /** Runs everything; what it found is asked for afterwards. */
    void run() throws Exception {
        Path folder = cleanup.add(Folders.scratch("bench-upload")).path();
        Worker generator = cleanup.add(LoadGenerator.start());
        Path local = folder.resolve("local");
        Path tiered = folder.resolve("s3-mode");
        AquiferCluster inS3 = prepare(plan, cleanup, tiered, BrokerBench.SETTINGS);
        Tier tier = cleanup.add(Tier.start(folder.resolve("s3")));
        tier.useIn(inS3.cluster());
        BrokerProcess broker = inS3.start().broker();
        String elsewhere = prepare(plan, cleanup, local, BrokerBench.SETTINGS)
                .start()
                .broker()
                .bootstrap();
        BenchTopic uploaded = cleanup.add(
                new BenchTopic(broker.bootstrap(), tiered, generator, "shared topic in S3", 1, Topics.SHARED));
        BenchTopic onDevice =
                cleanup.add(new BenchTopic(elsewhere, local, generator, "shared topic", 1, Topics.SHARED));
        comparisons.add(pairs.throughput("WAL in S3: throughput", uploaded, onDevice, Target.atLeast(0.95)));
        comparisons.add(pairs.latency("WAL in S3, %,d records/s: p99", uploaded, onDevice, Target.atMost(1.15)));
        figures.add(lag(broker, uploaded));
        BenchTopic copied =
                cleanup.add(new BenchTopic(broker.bootstrap(), tiered, generator, "tiered topic", 1, SEGMENTS));
        figures.add(uploadedPerByte(broker, tier, copied));
    }

    List<Comparison> comparisons() {
        return comparisons;
    }

    List<Figure> figures() {
        return figures;
    }

    /** One broker whose metadata log lies apart from its log directories, prepared in {@code folder}. */
    static AquiferCluster prepare(BenchPlan plan, Cleanup cleanup, Path folder, Map<String, String> settings)
            throws IOException {
        Plan setUp = Plan.DEFAULT
                .withWal(WAL_BYTES)
                .withWalIn(plan.walFolder())
                .withTuning(Tuning.SUSTAINED)
                .with("metadata.log.dir", folder.resolve("metadata").toString());
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            setUp = setUp.with(setting.getKey(), setting.getValue());
        }
        return cleanup.add(AquiferCluster.prepare(folder, setUp));
    }

    private Figure lag(BrokerProcess broker, BenchTopic topic) throws Exception {
        List<Double> highest = new ArrayList<>();
        for (int round = 0; round < plan.rounds(); round++) {
            highest.add(highestLag(broker, topic));
        }
        String name =
                String.format(Locale.ROOT, "durable and not in S3 yet, %,d records/s: the longest", BrokerPairs.RATE);
        return new Figure(name, "ms", highest, Target.atMost(1_500));
    }

    private double highestLag(BrokerProcess broker, BenchTopic topic) throws Exception {
        try (BrokerMetrics metrics = BrokerMetrics.of(broker);
                Highest lag = new Highest(() -> metrics.value(LAG))) {
            topic.measure(BrokerPairs.RATE, plan.leadIn(), plan.measured());
            double highest = lag.value();
            progress.line(String.format(Locale.ROOT, "  not in S3 for up to %,.0f ms", highest));
            return highest;
        }
    }

    private Figure uploadedPerByte(BrokerProcess broker, Tier tier, BenchTopic topic) throws Exception {
        List<Double> ratios = new ArrayList<>();
        try (BrokerMetrics metrics = BrokerMetrics.of(broker)) {
            for (int round = 0; round < plan.rounds(); round++) {
                double produced = metrics.count(PRODUCED);
                double uploaded = metrics.count(UPLOADED);
                double copied = metrics.count(COPIED);
                double[] segments = new double[1];
                topic.measure(0, plan.leadIn(), plan.measured(), () -> {
                    Await.until("nothing to upload", GRACE, () -> metrics.value(LAG) == 0);
                    segments[0] = tier.bytes();
                });
                double wal = (metrics.count(UPLOADED) - uploaded) / (metrics.count(PRODUCED) - produced);
                double tiered = segments[0] / (metrics.count(COPIED) - copied);
                progress.line(
                        String.format(Locale.ROOT, "  uploaded for a byte: %.3f as WAL, %.3f as segment", wal, tiered));
                ratios.add(wal + tiered);
            }
        }
        return new Figure(
                "bytes uploaded for a byte produced, and copied as a segment", "bytes", ratios, Target.atMost(2.1));
    }
}
