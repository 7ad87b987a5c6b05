package io.aquifer.bench;

import io.aquifer.bench.Comparison.Target;
import io.aquifer.harness.Aquifer;
import io.aquifer.harness.AquiferCluster;
import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.Await;
import io.aquifer.harness.BrokerMetrics;
import io.aquifer.harness.BrokerProcess;
import io.aquifer.harness.BrokerProcess.Tuning;
import io.aquifer.harness.Cleanup;
import io.aquifer.harness.Folders;
import io.aquifer.harness.History;
import io.aquifer.harness.Load;
import io.aquifer.harness.Tier;
import io.aquifer.harness.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.admin.Admin;

/**
 * How long it takes to move a partition with much in it from one broker to another, how long its producer waits meanwhile and how much
 * is copied between the brokers; and how long it takes to drain a broker. All brokers, the S3 server and the load share this machine.
 */
final class MoveBench {

    private static final String MOVED = "moved";
    private static final int DRAINED_PARTITIONS = 500;
    private static final int RECORDS_PER_SECOND = 1_000;
    private static final int RECORD_BYTES = 1 << 10;
    /** A segment of Kafka's default length, and what headers make of it. */
    private static final long SEGMENT_RECORDS = 1 << 20;

    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final String COPIED_IN = "kafka.server:type=BrokerTopicMetrics,name=ReplicationBytesInPerSec";

    private final BenchPlan plan;
    private final long movedBytes;
    private final Progress progress;
    private final Cleanup cleanup;

    /** @param movedMib how much the partition holds that is moved, at least */
    MoveBench(BenchPlan plan, int movedMib, Progress progress, Cleanup cleanup) {
        this.plan = plan;
        this.movedBytes = (long) movedMib << 20;
        this.progress = progress;
        this.cleanup = cleanup;
    }

    /** Runs it. */
    List<Figure> run() throws Exception {
        Path folder = cleanup.add(Folders.scratch("bench-move")).path();
        Worker generator = cleanup.add(LoadGenerator.start());
        Plan setUp = Plan.DEFAULT
                .withBrokers(3)
                .withWal(2L << 30)
                .withWalIn(plan.walFolder())
                .withTuning(Tuning.SUSTAINED)
                .with("replica.fetch.backoff.ms", "100");
        for (Map.Entry<String, String> setting : BrokerBench.SETTINGS.entrySet()) {
            setUp = setUp.with(setting.getKey(), setting.getValue());
        }
        AquiferCluster cluster = cleanup.add(AquiferCluster.prepare(folder, setUp));
        Tier tier = cleanup.add(Tier.start(folder.resolve("s3")));
        tier.useIn(cluster.cluster());
        cluster.start();
        List<Figure> figures = new ArrayList<>();
        try (Admin admin = cluster.broker().admin()) {
            Topics topics = new Topics(admin);
            figures.addAll(moves(cluster, topics, generator));
            topics.delete(MOVED);
            figures.add(drains(cluster, topics, generator));
        }
        return figures;
    }

    private List<Figure> moves(AquiferCluster cluster, Topics topics, Worker generator) throws Exception {
        topics.createOn(1, MOVED, 1, Map.of("remote.storage.enable", "true", "local.retention.bytes", "1"));
        while (topics.end(MOVED, 0) * RECORD_BYTES < movedBytes) {
            load(generator, cluster, MOVED, 0);
        }
        List<Double> seconds = new ArrayList<>();
        List<Double> stalls = new ArrayList<>();
        List<Double> copied = new ArrayList<>();
        for (int round = 0; round < plan.rounds(); round++) {
            load(generator, cluster, MOVED, 0);
            Await.until(
                    "the copying of closed segments to S3",
                    LIMIT,
                    () -> topics.end(MOVED, 0) - topics.tieredEnd(MOVED, 0) < SEGMENT_RECORDS);
            BrokerProcess target = cluster.cluster().brokers().get((round + 1) % 3);
            History history = new History();
            Load.Options paced =
                    Load.Options.DEFAULT.withValueBytes(RECORD_BYTES).withRecordsPerSecond(RECORDS_PER_SECOND);
            try (Load load = new Load(cluster.cluster().bootstrap(), MOVED, history, paced);
                    BrokerMetrics metrics = BrokerMetrics.of(target)) {
                load.start();
                Await.until("a warm producer", LIMIT, () -> history.acknowledged() > 3 * RECORDS_PER_SECOND);
                Histogram unused = load.latenciesSinceLastCall();
                double before = metrics.count(COPIED_IN);
                long begin = System.nanoTime();
                move(topics, target.config().nodeId());
                seconds.add((System.nanoTime() - begin) / 1e9);
                copied.add((metrics.count(COPIED_IN) - before) / (1 << 20));
                long acknowledged = history.acknowledged();
                Await.until(
                        "a producer that goes on",
                        LIMIT,
                        () -> history.acknowledged() > acknowledged + RECORDS_PER_SECOND);
                stalls.add(load.latenciesSinceLastCall().getMaxValue() / 1e3);
                load.stop(LIMIT);
                if (load.firstFailure() != null) {
                    throw new IllegalStateException("A record wasn't accepted", load.firstFailure());
                }
            }
            progress.line(String.format(
                    Locale.ROOT,
                    "  %,d MB moved in %.2f s; the producer waited %.0f ms at most; %.2f MiB were copied between brokers",
                    topics.end(MOVED, 0) * RECORD_BYTES / 1_000_000,
                    seconds.get(round),
                    stalls.get(round),
                    copied.get(round)));
        }
        String name =
                String.format(Locale.ROOT, "move of a partition that holds %.0f GiB", movedBytes / (double) (1 << 30));
        return List.of(
                new Figure(name, "s", seconds, Target.atMost(1.5)),
                new Figure(name + ": longest wait of a producer", "ms", stalls, Target.atMost(300)),
                new Figure(name + ": copied between brokers", "MiB", copied, Target.atMost(1)));
    }

    private static void move(Topics topics, int node) {
        topics.move(MOVED, 0, node);
        Await.until(
                "the move to node " + node,
                LIMIT,
                () -> topics.replicas(MOVED, 0).equals(List.of(node)) && topics.leader(MOVED, 0) == node);
    }

    private Figure drains(AquiferCluster cluster, Topics topics, Worker generator) throws Exception {
        List<Double> seconds = new ArrayList<>();
        for (int round = 0; round < plan.rounds(); round++) {
            String topic = "drained-" + round;
            topics.createOn(3, topic, DRAINED_PARTITIONS, UploadBench.SEGMENTS);
            load(generator, cluster, topic, 10 * RECORDS_PER_SECOND);
            long begin = System.nanoTime();
            String done = Aquifer.onCluster(cluster.kafka(), cluster.cluster().bootstrap(), "broker", "drain", "3")
                    .orThrow()
                    .output();
            seconds.add((System.nanoTime() - begin) / 1e9);
            if (topics.leaders(topic).contains(3)) {
                throw new IllegalStateException("Partitions are left on the drained broker: " + done);
            }
            progress.line(String.format(
                    Locale.ROOT, "  drained of %,d partitions in %.1f s", DRAINED_PARTITIONS, seconds.get(round)));
            topics.delete(topic);
        }
        return new Figure(
                String.format(
                        Locale.ROOT, "drain of a broker with %,d partitions, the command included", DRAINED_PARTITIONS),
                "s",
                seconds,
                Target.atMost(30));
    }

    /** @param rate records a second, 0 for as many as there can be */
    private void load(Worker generator, AquiferCluster cluster, String topic, int rate) throws Exception {
        LoadFigures unused = LoadFigures.fromAnswer(generator.ask(
                "load",
                cluster.cluster().bootstrap(),
                topic,
                rate,
                0,
                plan.measured().toMillis()));
    }
}
