package io.aquifer.bench;

import io.aquifer.bench.Comparison.Target;
import io.aquifer.harness.AquiferCluster;
import io.aquifer.harness.BrokerProcess;
import io.aquifer.harness.Cleanup;
import io.aquifer.harness.Folders;
import io.aquifer.harness.Tier;
import io.aquifer.harness.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.clients.admin.Admin;

/**
 * How much longer a broker takes to start when its log directories are lost, with many partitions.
 */
final class RestartBench {

    private static final int PARTITIONS = 1_000;

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
        Worker generator = cleanup.add(LoadGenerator.start());
        AquiferCluster cluster = UploadBench.prepare(plan, cleanup, folder.resolve("s3-mode"), BrokerBench.SETTINGS);
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
            Topics topics = new Topics(admin);
            topics.create(topic, PARTITIONS, 1, UploadBench.SEGMENTS);
            for (int round = 0; round < plan.rounds(); round++) {
                LoadFigures load = LoadFigures.fromAnswer(generator.ask(
                        "load", broker.bootstrap(), topic, 0, 0, plan.measured().toMillis()));
                Starts starts = Starts.measure(cluster, () -> topics.awaitLeaders(topic, PARTITIONS));
                progress.line(String.format(
                        Locale.ROOT,
                        "  %,d partitions, %,.0f MB more: %s",
                        PARTITIONS,
                        load.megabytesPerSecond() * plan.measured().toSeconds(),
                        starts));
                more.add(starts.longerWithout());
            }
        }
        String name = String.format(Locale.ROOT, "start without the local disk, %,d partitions: longer by", PARTITIONS);
        return new Figure(name, "s", more, Target.atMost(5));
    }
}
