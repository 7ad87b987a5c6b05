package io.aquifer.bench;

import io.aquifer.bench.Comparison.Target;
import io.aquifer.harness.AquiferCluster;
import io.aquifer.harness.BrokerProcess;
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
import org.apache.kafka.clients.admin.Admin;

/**
 * How much longer a broker takes to start when its log directories are lost, with many partitions.
 */
final class RestartBench {

    private static final int PARTITIONS = 1_000;
    private static final Duration GRACE = Duration.ofMinutes(4);

    private final BenchPlan plan;
    private final Progress progress;
    private final Cleanup cleanup;

    RestartBench(BenchPlan plan, Progress progress, Cleanup cleanup) {
        this.plan = plan;
        this.progress = progress;
        this.cleanup = cleanup;
    }

    /** Runs it. */
    Figure run() throws Exception {
        Path folder = cleanup.add(Folders.scratch("bench-restart")).path();
        Worker generator = cleanup.add(Worker.start(
                "the load generator", Worker.classPathOfThisJvm(), LoadGenerator.class, List.of(), Map.of()));
        AquiferCluster cluster = UploadBench.prepare(plan, cleanup, folder.resolve("s3-mode"));
        Tier tier = cleanup.add(Tier.start(folder.resolve("s3")));
        tier.useIn(cluster.cluster());
        cluster.start();
        return withoutDisk(cluster, generator);
    }

    private Figure withoutDisk(AquiferCluster cluster, Worker generator) throws Exception {
        BrokerProcess broker = cluster.broker();
        String topic = "many-partitions";
        List<Double> more = new ArrayList<>();
        try (Admin admin = broker.admin()) {
            new Topics(admin).create(topic, PARTITIONS, 1, UploadBench.SEGMENTS);
            for (int round = 0; round < plan.rounds(); round++) {
                LoadFigures load = LoadFigures.fromAnswer(generator.ask(
                        "load", broker.bootstrap(), topic, 0, 0, plan.measured().toMillis()));
                broker.kill();
                double with = restart(cluster, admin, topic);
                broker.kill();
                cluster.loseLogDirs(broker);
                double without = restart(cluster, admin, topic);
                progress.line(String.format(
                        Locale.ROOT,
                        "  %,d partitions, %,.0f MB more: %.1f s with the local disk, %.1f s without",
                        PARTITIONS,
                        load.megabytesPerSecond() * plan.measured().toSeconds(),
                        with,
                        without));
                more.add(without - with);
            }
        }
        String name = String.format(Locale.ROOT, "start without the local disk, %,d partitions: longer by", PARTITIONS);
        return new Figure(name, "s", more, Target.atMost(5));
    }

    /** Seconds until every partition is led. */
    private static double restart(AquiferCluster cluster, Admin admin, String topic) throws IOException {
        long begin = System.nanoTime();
        cluster.broker().startAndAwait(GRACE);
        new Topics(admin).awaitLeaders(topic, PARTITIONS);
        return (System.nanoTime() - begin) / 1e9;
    }
}
