package io.aquifer.bench;

import io.aquifer.bench.Bench.Part;
import io.aquifer.bench.Comparison.Target;
import io.aquifer.harness.AquiferCluster;
import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.BrokerConfig;
import io.aquifer.harness.BrokerProcess.Tuning;
import io.aquifer.harness.Cleanup;
import io.aquifer.harness.Cluster;
import io.aquifer.harness.Folders;
import io.aquifer.harness.KafkaDistribution;
import io.aquifer.harness.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A broker's shared topics beside its stock ones, and beside those of a stock cluster of three. */
final class BrokerBench {

    private static final long WAL_BYTES = 2L << 30;
    /**
     * Kafka's own sessions, where the harness has shorter ones for brokers that are killed; and files of deleted topics go
     * at once, before the next measurement, instead of during it.
     */
    static final Map<String, String> SETTINGS = Map.of(
            "broker.session.timeout.ms", "9000",
            "broker.heartbeat.interval.ms", "2000",
            "log.segment.delete.delay.ms", "100");

    private final BenchPlan plan;
    private final Progress progress;
    private final Cleanup cleanup;
    private final BrokerPairs pairs;

    BrokerBench(BenchPlan plan, Progress progress, Cleanup cleanup) {
        this.plan = plan;
        this.progress = progress;
        this.cleanup = cleanup;
        this.pairs = new BrokerPairs(plan, progress);
    }

    List<Comparison> run(Set<Part> parts) throws Exception {
        Path folder = cleanup.add(Folders.scratch("bench-broker")).path();
        Worker generator = cleanup.add(LoadGenerator.start());
        Path one = folder.resolve("aquifer");
        String bootstrap = startAquifer(one).broker().bootstrap();
        BenchTopic shared = cleanup.add(new BenchTopic(bootstrap, one, generator, "shared topic", 1, Topics.SHARED));
        List<Comparison> comparisons = new ArrayList<>();
        if (parts.contains(Part.TOPIC)) {
            BenchTopic stock = cleanup.add(new BenchTopic(bootstrap, one, generator, "stock topic", 1, Map.of()));
            comparisons.add(pairs.throughput(
                    "one broker, shared topic, RF=1: throughput", shared, stock, Target.atLeast(0.90)));
        }
        if (parts.contains(Part.CLUSTER)) {
            Path three = folder.resolve("stock");
            BenchTopic replicated = cleanup.add(new BenchTopic(
                    startThree(three, SETTINGS, progress, cleanup).bootstrap(),
                    three,
                    generator,
                    "stock cluster of 3, RF=3",
                    3,
                    Map.of("min.insync.replicas", "2")));
            comparisons.add(pairs.throughput(
                    "one broker, shared topic, RF=1: throughput", shared, replicated, Target.atLeast(2.5)));
            comparisons.add(pairs.latency("the same at %,d records/s: p99", shared, replicated, Target.atMost(0.5)));
        }
        return comparisons;
    }

    private AquiferCluster startAquifer(Path folder) throws Exception {
        Plan setUp = Plan.DEFAULT.withWal(WAL_BYTES).withWalIn(plan.walFolder()).withTuning(Tuning.SUSTAINED);
        for (Map.Entry<String, String> setting : SETTINGS.entrySet()) {
            setUp = setUp.with(setting.getKey(), setting.getValue());
        }
        AquiferCluster cluster = cleanup.add(AquiferCluster.prepare(folder, setUp));
        progress.line("Aquifer: one broker, WAL on " + cluster.device());
        return cluster.start();
    }

    /** A stock cluster of three in {@code folder}. */
    static Cluster startThree(Path folder, Map<String, String> settings, Progress progress, Cleanup cleanup)
            throws IOException {
        KafkaDistribution kafka = KafkaDistribution.stock(folder.resolve("kafka"));
        List<BrokerConfig> configs = BrokerConfig.ofCluster(folder, 3, settings);
        progress.line("Stock: a cluster of three brokers");
        return cleanup.add(new Cluster(kafka, configs, Tuning.SUSTAINED))
                .format()
                .start();
    }
}
