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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** A broker's shared topics beside its stock ones, and beside those of a stock cluster of three. */
final class BrokerBench {

    private static final long WAL_BYTES = 2L << 30;
    private static final int RATE = 10_000;

    /**
     * Kafka's own sessions, where the harness has shorter ones for brokers that are killed; and files of deleted topics go
     * at once, before the next measurement, instead of during it.
     */
    private static final Map<String, String> SETTINGS = Map.of(
            "broker.session.timeout.ms", "9000",
            "broker.heartbeat.interval.ms", "2000",
            "log.segment.delete.delay.ms", "100");

    private final BenchPlan plan;
    private final Progress progress;
    private final Cleanup cleanup;

    BrokerBench(BenchPlan plan, Progress progress, Cleanup cleanup) {
        this.plan = plan;
        this.progress = progress;
        this.cleanup = cleanup;
    }

    List<Comparison> run(Set<Part> parts) throws Exception {
        Path folder = cleanup.add(Folders.scratch("bench-broker")).path();
        Worker generator = cleanup.add(Worker.start(
                "the load generator", Worker.classPathOfThisJvm(), LoadGenerator.class, List.of(), Map.of()));
        Path one = folder.resolve("aquifer");
        String bootstrap = startAquifer(one).broker().bootstrap();
        BenchTopic shared = cleanup.add(new BenchTopic(bootstrap, one, generator, "shared topic", 1, Topics.SHARED));
        List<Comparison> comparisons = new ArrayList<>();
        if (parts.contains(Part.TOPIC)) {
            BenchTopic stock = cleanup.add(new BenchTopic(bootstrap, one, generator, "stock topic", 1, Map.of()));
            comparisons.add(
                    throughput("one broker, shared topic, RF=1: throughput", shared, stock, Target.atLeast(0.90)));
        }
        if (parts.contains(Part.CLUSTER)) {
            Path three = folder.resolve("stock");
            BenchTopic replicated = cleanup.add(new BenchTopic(
                    startThree(three).bootstrap(),
                    three,
                    generator,
                    "stock cluster of 3, RF=3",
                    3,
                    Map.of("min.insync.replicas", "2")));
            comparisons.add(
                    throughput("one broker, shared topic, RF=1: throughput", shared, replicated, Target.atLeast(2.5)));
            comparisons.add(latency(shared, replicated));
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

    private Cluster startThree(Path folder) throws Exception {
        KafkaDistribution kafka = KafkaDistribution.stock(folder.resolve("kafka"));
        List<BrokerConfig> configs = BrokerConfig.ofCluster(folder, 3, SETTINGS);
        progress.line("Stock: a cluster of three brokers");
        return cleanup.add(new Cluster(kafka, configs, Tuning.SUSTAINED))
                .format()
                .start();
    }

    private Comparison throughput(String name, BenchTopic aquifer, BenchTopic other, Target target) throws Exception {
        return compare(name, "MB/s", 0, LoadFigures::megabytesPerSecond, aquifer, other, target);
    }

    private Comparison latency(BenchTopic aquifer, BenchTopic other) throws Exception {
        String name = String.format(Locale.ROOT, "the same at %,d records/s: p99", RATE);
        return compare(name, "ms", RATE, LoadFigures::p99Millis, aquifer, other, Target.atMost(0.5));
    }

    private Comparison compare(
            String name,
            String unit,
            int rate,
            ToDoubleFunction<LoadFigures> figure,
            BenchTopic aquifer,
            BenchTopic other,
            Target target)
            throws Exception {
        progress.line(name + ", " + aquifer.name() + " and " + other.name() + "; the first time doesn't count");
        measure(aquifer, rate, Duration.ZERO, plan.warmUp());
        measure(other, rate, Duration.ZERO, plan.warmUp());
        Pair.Results<Double> results = Pair.inTurn(
                plan.rounds(),
                () -> figure.applyAsDouble(measure(aquifer, rate, plan.leadIn(), plan.measured())),
                () -> figure.applyAsDouble(measure(other, rate, plan.leadIn(), plan.measured())));
        return new Comparison(name, other.name(), unit, results.aquifer(), results.other(), target);
    }

    private LoadFigures measure(BenchTopic topic, int rate, Duration leadIn, Duration measured) throws Exception {
        LoadFigures figures = topic.measure(rate, leadIn, measured);
        progress.line(String.format(
                Locale.ROOT,
                "  %-26s %-12s %8.1f MB/s   p50 %8.1f ms   p99 %8.1f ms",
                topic.name(),
                rate == 0 ? "flat out" : String.format(Locale.ROOT, "%,d/s", rate),
                figures.megabytesPerSecond(),
                figures.p50Millis(),
                figures.p99Millis()));
        return figures;
    }
}
