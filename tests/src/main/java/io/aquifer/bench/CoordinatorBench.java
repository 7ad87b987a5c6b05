package io.aquifer.bench;

import io.aquifer.bench.Comparison.Target;
import io.aquifer.harness.AquiferCluster;
import io.aquifer.harness.Cleanup;
import io.aquifer.harness.Cluster;
import io.aquifer.harness.Command;
import io.aquifer.harness.Folders;
import io.aquifer.harness.Tier;
import io.aquifer.harness.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.clients.admin.Admin;

/**
 * Commits of offsets and of transactions: one broker whose internal topics are shared, beside a stock cluster of three. The S3
 * server is in this JVM, on the same processors.
 */
final class CoordinatorBench {

    /** As many partitions as Kafka makes by itself, where the harness has fewer. */
    static final Map<String, String> INTERNAL_TOPICS =
            Map.of("offsets.topic.num.partitions", "50", "transaction.state.log.num.partitions", "50");

    static final String TOPIC = "coordinated";
    static final int PARTITIONS = 12;

    private static final String STOCK = "stock cluster of 3, RF=3";
    private static final Duration GRACE = Duration.ofMinutes(4);

    /** There are two loads, and an answer doesn't take long: either has a part of the time that other loads have. */
    private static final int SHORTER = 3;

    /** Where a load goes. */
    private record Side(String name, String bootstrap, Worker generator) {

        CallFigures measure(String task, Duration leadIn, Duration measured) throws Exception {
            CallFigures figures =
                    new CoordinatorLoad(bootstrap, TOPIC, "measured", leadIn, measured).by(generator, task);
            Command.run(GRACE, "sync");
            return figures;
        }
    }

    private final BenchPlan plan;
    private final Progress progress;

    CoordinatorBench(BenchPlan plan, Progress progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /** Runs it; nothing of it is left running afterwards. */
    List<Comparison> run() throws Exception {
        try (Cleanup cleanup = new Cleanup()) {
            Path folder = cleanup.add(Folders.scratch("bench-coordinators")).path();
            Worker generator = cleanup.add(LoadGenerator.start());
            Map<String, String> settings = new HashMap<>(BrokerBench.SETTINGS);
            settings.putAll(INTERNAL_TOPICS);
            Tier tier = cleanup.add(Tier.start(folder.resolve("s3")));
            AquiferCluster aquifer = UploadBench.prepare(plan, cleanup, folder.resolve("aquifer"), settings);
            tier.useIn(aquifer.cluster());
            Cluster one = aquifer.start().cluster();
            Cluster three = BrokerBench.startThree(folder.resolve("stock"), settings, progress, cleanup);
            createTopic(one, 1, Topics.SHARED);
            createTopic(three, 3, Map.of("min.insync.replicas", "2"));
            Side shared = new Side("internal topics shared", one.bootstrap(), generator);
            Side stock = new Side(STOCK, three.bootstrap(), generator);
            Pair.Results<CallFigures> commits = inTurn(CoordinatorLoad.COMMITS, shared, stock);
            Pair.Results<CallFigures> transactions = inTurn(CoordinatorLoad.TRANSACTIONS, shared, stock);
            return List.of(
                    comparison(
                            "offset commits, internal topics shared, RF=1",
                            "commits/s",
                            commits,
                            CallFigures::perSecond,
                            Target.atLeast(1.5)),
                    comparison("the same: p99", "ms", commits, CallFigures::p99Millis, Target.atMost(0.6)),
                    comparison(
                            "transactions of one producer, internal topics shared, RF=1",
                            "transactions/s",
                            transactions,
                            CallFigures::perSecond,
                            Target.atLeast(1.3)));
        }
    }

    private static void createTopic(Cluster cluster, int replicationFactor, Map<String, String> config) {
        try (Admin admin = cluster.admin()) {
            new Topics(admin).create(TOPIC, PARTITIONS, replicationFactor, config);
        }
    }

    private Pair.Results<CallFigures> inTurn(String task, Side aquifer, Side other) throws Exception {
        progress.line(task + ", " + aquifer.name() + " and " + other.name() + "; the first time doesn't count");
        Duration warmUp = plan.warmUp().dividedBy(SHORTER);
        measure(task, aquifer, Duration.ZERO, warmUp);
        measure(task, other, Duration.ZERO, warmUp);
        Duration leadIn = plan.leadIn().dividedBy(SHORTER);
        Duration measured = plan.measured().dividedBy(SHORTER);
        return Pair.inTurn(
                plan.rounds(),
                () -> measure(task, aquifer, leadIn, measured),
                () -> measure(task, other, leadIn, measured));
    }

    private CallFigures measure(String task, Side side, Duration leadIn, Duration measured) throws Exception {
        CallFigures figures = side.measure(task, leadIn, measured);
        progress.line(String.format(
                Locale.ROOT,
                "  %-26s %8.1f %s/s   p50 %8.1f ms   p99 %8.1f ms",
                side.name(),
                figures.perSecond(),
                task,
                figures.p50Millis(),
                figures.p99Millis()));
        return figures;
    }

    private static Comparison comparison(
            String name,
            String unit,
            Pair.Results<CallFigures> results,
            ToDoubleFunction<CallFigures> figure,
            Target target) {
        return new Comparison(
                name,
                STOCK,
                unit,
                results.aquifer().stream().map(figure::applyAsDouble).toList(),
                results.other().stream().map(figure::applyAsDouble).toList(),
                target);
    }
}
