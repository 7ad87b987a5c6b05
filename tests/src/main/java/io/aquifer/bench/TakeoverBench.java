package io.aquifer.bench;

import io.aquifer.bench.Comparison.Target;
import io.aquifer.harness.Aquifer;
import io.aquifer.harness.AquiferCluster;
import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.Await;
import io.aquifer.harness.BrokerProcess;
import io.aquifer.harness.BrokerProcess.Tuning;
import io.aquifer.harness.Cleanup;
import io.aquifer.harness.Cluster;
import io.aquifer.harness.Command;
import io.aquifer.harness.Folders;
import io.aquifer.harness.Tier;
import io.aquifer.harness.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;

/**
 * How long it takes until all partitions of a broker that was killed are writable on others, from the moment at which an operator
 * who has its device says so, and from the kill; beside the failover of a stock cluster with three replicas. All brokers, the S3
 * server and the load share this machine.
 */
final class TakeoverBench {

    private static final int BROKERS = 3;
    private static final int PARTITIONS = 1_000;
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Pattern MISSED = Pattern.compile("Broker 3 is missed");

    private final BenchPlan plan;
    private final Progress progress;
    private final Cleanup cleanup;

    TakeoverBench(BenchPlan plan, Progress progress, Cleanup cleanup) {
        this.plan = plan;
        this.progress = progress;
        this.cleanup = cleanup;
    }

    /** Runs it. */
    List<Figure> run() throws Exception {
        Path folder = cleanup.add(Folders.scratch("bench-takeover")).path();
        Worker generator = cleanup.add(LoadGenerator.start());
        List<Figure> figures = new ArrayList<>();
        try (Cleanup ours = new Cleanup()) {
            figures.addAll(shared(folder.resolve("shared"), generator, ours));
        }
        try (Cleanup stocks = new Cleanup()) {
            figures.add(stock(folder.resolve("stock"), generator, stocks));
        }
        return figures;
    }

    private List<Figure> shared(Path folder, Worker generator, Cleanup ours) throws Exception {
        Plan setUp = Plan.DEFAULT
                .withBrokers(BROKERS)
                .withWal(2L << 30)
                .withWalIn(plan.walFolder())
                .withTuning(Tuning.SUSTAINED)
                .with("aquifer.takeover.auto", "true")
                .with("aquifer.takeover.delay.ms", "0");
        for (Map.Entry<String, String> setting : BrokerBench.SETTINGS.entrySet()) {
            setUp = setUp.with(setting.getKey(), setting.getValue());
        }
        AquiferCluster cluster = ours.add(AquiferCluster.prepare(folder, setUp));
        Tier tier = ours.add(Tier.start(folder.resolve("s3")));
        tier.useIn(cluster.cluster());
        cluster.start();
        List<Double> fromDecision = new ArrayList<>();
        List<Double> fromKill = new ArrayList<>();
        BrokerProcess victim = cluster.cluster().brokers().get(BROKERS - 1);
        try (Admin admin = cluster.broker().admin()) {
            Topics topics = new Topics(admin);
            for (int round = 0; round < plan.rounds(); round++) {
                String topic = "round-" + round;
                topics.createOn(victim.config().nodeId(), topic, PARTITIONS, UploadBench.SEGMENTS);
                LoadFigures load = load(generator, cluster.cluster(), topic);
                int missed = missed(cluster.broker());
                LocalDateTime killed = LocalDateTime.now(ZoneId.systemDefault());
                victim.kill();
                Await.until("its being missed", LIMIT, () -> missed(cluster.broker()) > missed);
                LocalDateTime decided = LocalDateTime.now(ZoneId.systemDefault());
                Command.Result unused = Aquifer.broker(
                                cluster.kafka(),
                                cluster.broker().config(),
                                "takeover",
                                Integer.toString(victim.config().nodeId()),
                                "--device",
                                cluster.device(victim).path().toString())
                        .orThrow();
                LocalDateTime writable = awaitWritable(topics, topic, victim);
                fromDecision.add(seconds(decided, writable));
                fromKill.add(seconds(killed, writable));
                progress.line(String.format(
                        Locale.ROOT,
                        "  %,d partitions, %,.0f MB: taken over in %.1f s, %.1f s after the kill",
                        PARTITIONS,
                        load.megabytesPerSecond() * plan.measured().toSeconds(),
                        fromDecision.get(round),
                        fromKill.get(round)));
                victim.startAndAwait(LIMIT);
                topics.delete(topic);
            }
        }
        String name = String.format(Locale.ROOT, "takeover of %,d partitions, from the ", PARTITIONS);
        return List.of(
                new Figure(name + "decision", "s", fromDecision, Target.atMost(5)),
                new Figure(name + "kill, a session of 9 s included", "s", fromKill, Optional.empty()));
    }

    private Figure stock(Path folder, Worker generator, Cleanup stocks) throws Exception {
        Cluster cluster = BrokerBench.startThree(folder, BrokerBench.SETTINGS, progress, stocks);
        List<Double> fromKill = new ArrayList<>();
        BrokerProcess victim = cluster.brokers().get(BROKERS - 1);
        try (Admin admin = cluster.broker().admin()) {
            Topics topics = new Topics(admin);
            for (int round = 0; round < plan.rounds(); round++) {
                String topic = "round-" + round;
                topics.create(topic, PARTITIONS, BROKERS, Map.of("min.insync.replicas", "2"));
                LoadFigures unused = load(generator, cluster, topic);
                LocalDateTime killed = LocalDateTime.now(ZoneId.systemDefault());
                victim.kill();
                fromKill.add(seconds(killed, awaitWritable(topics, topic, victim)));
                progress.line(String.format(
                        Locale.ROOT, "  stock, RF=3: all led %.1f s after the kill", fromKill.get(round)));
                victim.startAndAwait(LIMIT);
                topics.delete(topic);
            }
        }
        String name = String.format(Locale.ROOT, "stock RF=3, failover of a third of %,d partitions", PARTITIONS);
        return new Figure(name + ", from the kill", "s", fromKill, Optional.empty());
    }

    private LoadFigures load(Worker generator, Cluster cluster, String topic) throws Exception {
        return LoadFigures.fromAnswer(generator.ask(
                "load", cluster.bootstrap(), topic, 0, 0, plan.measured().toMillis()));
    }

    private static LocalDateTime awaitWritable(Topics topics, String topic, BrokerProcess victim) {
        Await.until(
                "leaders of " + topic,
                LIMIT,
                () -> topics.leaders(topic).stream()
                        .noneMatch(leader ->
                                leader < 0 || leader == victim.config().nodeId()));
        topics.awaitLeaders(topic, PARTITIONS);
        return LocalDateTime.now(ZoneId.systemDefault());
    }

    /** How often a broker has missed the third. */
    private static int missed(BrokerProcess broker) {
        return (int) MISSED.matcher(broker.output()).results().count();
    }

    private static double seconds(LocalDateTime from, LocalDateTime to) {
        return ChronoUnit.MILLIS.between(from, to) / 1e3;
    }
}
