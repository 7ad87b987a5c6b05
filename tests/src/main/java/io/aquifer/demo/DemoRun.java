package io.aquifer.demo;

import io.aquifer.harness.AquiferCluster;
import io.aquifer.harness.Await;
import io.aquifer.harness.BrokerProcess;
import io.aquifer.harness.BrokerProcess.Tuning;
import io.aquifer.harness.Cleanup;
import io.aquifer.harness.Folders;
import io.aquifer.harness.History;
import io.aquifer.harness.HistoryChecker;
import io.aquifer.harness.HistoryChecker.Isolation;
import io.aquifer.harness.Load;
import io.aquifer.harness.Readback;
import io.aquifer.harness.Segments;
import io.aquifer.harness.Tier;
import io.aquifer.harness.Topics;
import io.aquifer.harness.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.admin.Admin;

/** The demonstration, step by step. */
final class DemoRun {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(60);
    private static final Duration COPY_LIMIT = Duration.ofSeconds(60);
    private static final Duration READ_LIMIT = Duration.ofSeconds(90);

    private final DemoPlan plan;
    private final Console console;
    private final Cleanup cleanup;
    private final History history = new History();

    private long readFromS3;

    DemoRun(DemoPlan plan, Console console, Cleanup cleanup) {
        this.plan = plan;
        this.console = console;
        this.cleanup = cleanup;
    }

    DemoResult run() throws IOException {
        Path folder = cleanup.add(Folders.scratch("demo")).path();
        AquiferCluster.Plan setUp = AquiferCluster.Plan.DEFAULT
                .withWal(plan.walBytes())
                .withTuning(Tuning.SUSTAINED)
                .with("metadata.log.dir", folder.resolve("metadata").toString());
        Tier tier = cleanup.add(Tier.start(folder.resolve("s3")));
        AquiferCluster cluster = cleanup.add(AquiferCluster.prepare(folder, setUp));
        tier.useIn(cluster.cluster());
        console.line("WAL      " + cluster.device());
        console.line("S3       an S3 server in the demo's own process, " + tier);
        BrokerProcess broker = startBroker(cluster);

        Progress progress = new Progress(console, history);
        Histogram latencies = produceSteadily(broker, progress);
        Load load = cleanup.add(new Load(broker.bootstrap(), DemoPlan.TOPIC, history, options(0)));
        double recordsPerSecond = produceFlatOut(load, progress);
        Coordinated coordinated = cleanup.add(new Coordinated(broker));
        coordinated.begin();
        console.line("Groups   one consumer group with a committed offset, and one transaction that is open");
        Duration recovery = loseMachineAndRestart(cluster, progress);
        Coordinated.Outcome outcome = coordinated.goOn();
        progress.during("going on", load, plan.flatOut());
        load.stop(DRAIN_LIMIT);
        awaitCopies(broker);
        Whereabouts whereabouts = Whereabouts.of(cluster, tier);
        Verdict verdict = readBack(broker, whereabouts);
        return new DemoResult(
                plan,
                cluster.device().kind(),
                verdict,
                outcome,
                whereabouts,
                readFromS3,
                latencies,
                recordsPerSecond,
                recovery);
    }

    private BrokerProcess startBroker(AquiferCluster cluster) throws IOException {
        cluster.start();
        BrokerProcess broker = cluster.broker();
        console.line("Broker   stock Kafka 4.3.1 with " + Folders.aquiferJar().getFileName() + " in libs/, KRaft, at "
                + broker.bootstrap());
        try (Admin admin = broker.admin()) {
            Map<String, String> config = new HashMap<>(Topics.TIERED);
            config.put("segment.bytes", Integer.toString(DemoPlan.SEGMENT_BYTES));
            new Topics(admin).create(DemoPlan.TOPIC, DemoPlan.PARTITIONS, 1, config);
        }
        console.line(String.format(
                Locale.ROOT,
                "Topic    %s, %d partitions, replication factor 1 as all others, on the WAL, rolled segments to S3",
                DemoPlan.TOPIC,
                DemoPlan.PARTITIONS));
        return broker;
    }

    private Histogram produceSteadily(BrokerProcess broker, Progress progress) {
        console.line(String.format(
                Locale.ROOT,
                "Produce  %,d records/s of %d bytes, acks=all, for %d s after %d s of warming up",
                plan.recordsPerSecond(),
                DemoPlan.VALUE_BYTES,
                plan.steady().toSeconds(),
                plan.warmUp().toSeconds()));
        produceSteadily(broker, progress, "warming up", plan.warmUp());
        return produceSteadily(broker, progress, "producing", plan.steady());
    }

    private Histogram produceSteadily(BrokerProcess broker, Progress progress, String what, Duration time) {
        Load.Options options = options(plan.recordsPerSecond());
        try (Load load = new Load(broker.bootstrap(), DemoPlan.TOPIC, history, options).start()) {
            Histogram latencies = progress.during(what, load, time);
            load.stop(DRAIN_LIMIT);
            latencies.add(load.latenciesSinceLastCall());
            return latencies;
        }
    }

    private double produceFlatOut(Load load, Progress progress) {
        console.line("Produce  as fast as it goes");
        long before = history.acknowledged();
        long begin = System.nanoTime();
        load.start();
        progress.during("flat out", load, plan.flatOut());
        return (history.acknowledged() - before) * 1e9 / (System.nanoTime() - begin);
    }

    /** The metadata log, of which a cluster's controllers have copies and this one of one node has none, stays. */
    private Duration loseMachineAndRestart(AquiferCluster cluster, Progress progress) throws IOException {
        BrokerProcess broker = cluster.broker();
        broker.kill();
        console.line(
                String.format(Locale.ROOT, "Kill     SIGKILL with %,d records acknowledged", history.acknowledged()));
        long acknowledged = progress.awaitSilence();
        cluster.loseLogDirs(broker);
        console.line("Lose     the broker's log.dirs; what is left is the WAL's device and the bucket; restart");
        long begin = System.nanoTime();
        broker.start();
        Await.until(
                () -> "an acknowledgement after the restart; the broker said:\n" + broker.output(),
                START_LIMIT,
                () -> history.acknowledged() > acknowledged || !broker.isAlive());
        if (!broker.isAlive()) {
            throw new IllegalStateException("the broker ended after its restart and said:\n" + broker.output());
        }
        Duration recovery = Duration.ofNanos(System.nanoTime() - begin);
        console.line(String.format(Locale.ROOT, "Back     after %.1f s", recovery.toMillis() / 1e3));
        return recovery;
    }

    private void awaitCopies(BrokerProcess broker) {
        console.line("Tier     until the broker's disk holds only the last segment of each partition");
        Await.until(
                () -> "copies of the rolled segments in S3; the broker said:\n" + broker.output(), COPY_LIMIT, () -> {
                    boolean all = true;
                    for (int partition = 0; partition < DemoPlan.PARTITIONS; partition++) {
                        all &= Segments.all(broker.partitionFolder(DemoPlan.TOPIC, partition))
                                        .size()
                                == 1;
                    }
                    return all;
                });
    }

    private Verdict readBack(BrokerProcess broker, Whereabouts whereabouts) {
        console.line("Consume  everything, old offsets from S3");
        HistoryChecker checker = new HistoryChecker(history, Isolation.READ_UNCOMMITTED);
        Readback.readAll(
                broker.bootstrap(),
                DemoPlan.TOPIC,
                Isolation.READ_UNCOMMITTED,
                READ_LIMIT,
                (partition, offset, value) -> {
                    checker.read(partition, offset, value);
                    if (whereabouts.isOnlyInS3(partition, offset)) {
                        readFromS3++;
                    }
                });
        return checker.verdict();
    }

    private static Load.Options options(int recordsPerSecond) {
        return Load.Options.DEFAULT
                .withProducers(2)
                .withValueBytes(DemoPlan.VALUE_BYTES)
                .withRecordsPerSecond(recordsPerSecond)
                .with("batch.size", 64 << 10);
    }
}
