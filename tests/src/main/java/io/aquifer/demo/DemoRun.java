package io.aquifer.demo;

import io.aquifer.harness.Aquifer;
import io.aquifer.harness.AquiferCluster;
import io.aquifer.harness.Await;
import io.aquifer.harness.BrokerMetrics;
import io.aquifer.harness.BrokerProcess;
import io.aquifer.harness.Cleanup;
import io.aquifer.harness.Command;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;

/** The demonstration, step by step. */
final class DemoRun {

    private static final Duration TAKEOVER_LIMIT = Duration.ofSeconds(90);
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(60);
    private static final Duration COPY_LIMIT = Duration.ofSeconds(60);
    private static final Duration READ_LIMIT = Duration.ofSeconds(90);
    /** So that every partition has something of each producer: to new owners it isn't an unknown one. */
    private static final Duration GETTING_KNOWN = Duration.ofSeconds(1);

    private static final Duration GOING_ON = Duration.ofSeconds(2);
    private static final String COPIED_IN = "kafka.server:type=BrokerTopicMetrics,name=ReplicationBytesInPerSec";

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
        Path devices = folder.resolve("devices");
        AquiferCluster.Plan setUp = AquiferCluster.Plan.DEFAULT
                .withBrokers(DemoPlan.BROKERS)
                .withWal(plan.walBytes())
                .with("aquifer.fence", "time")
                .with("aquifer.lease.ms", "5000")
                .with("aquifer.takeover.auto", "true")
                .with("aquifer.takeover.delay.ms", "0")
                .with("aquifer.takeover.wal.path", devices.resolve("{node}").toString())
                .with("broker.session.timeout.ms", "5000")
                .with("replica.fetch.backoff.ms", "100");
        for (String topic : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            setUp = setUp.with(topic + ".replication.factor", "1");
        }
        setUp = setUp.with("transaction.state.log.min.isr", "1").with("share.coordinator.state.topic.min.isr", "1");
        Tier tier = cleanup.add(Tier.start(folder.resolve("s3")));
        AquiferCluster cluster = cleanup.add(AquiferCluster.prepare(folder, setUp));
        tier.useIn(cluster.cluster());
        cluster.linkDevices(Files.createDirectories(devices));
        console.line("WAL      " + cluster.device() + ", and one like it for each of the others");
        console.line("S3       an S3 server in the demo's own process, " + tier);
        Topics topics = startBrokers(cluster);
        BrokerProcess broker = cluster.broker();

        Progress progress = new Progress(console, history);
        Histogram latencies = produceSteadily(broker, progress);
        double recordsPerSecond = produceFlatOut(broker, progress);
        Coordinated coordinated = cleanup.add(new Coordinated(broker));
        coordinated.begin();
        console.line("Groups   one consumer group with a committed offset, and one transaction that is open");
        Load load = cleanup.add(new Load(
                cluster.cluster().bootstrap(),
                DemoPlan.TOPIC,
                history,
                options(DemoPlan.RECORDS_PER_SECOND_MEANWHILE)
                        .with("partitioner.class", RoundRobinPartitioner.class.getName())));
        load.start();
        progress.during("getting known", load, GETTING_KNOWN);
        DemoResult.TakenOver takenOver = loseBroker(cluster, topics, load, progress);
        Coordinated.Outcome outcome = coordinated.goOn();
        DemoResult.Drained drained = drain(cluster, topics, load, progress);
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
                takenOver,
                drained);
    }

    private Topics startBrokers(AquiferCluster cluster) throws IOException {
        cluster.start();
        console.line("Brokers  three of stock Kafka 4.3.1 with "
                + Folders.aquiferJar().getFileName() + " in libs/, KRaft, at "
                + cluster.cluster().bootstrap());
        Topics topics = new Topics(cleanup.add(cluster.broker().admin()));
        Map<String, String> config = new HashMap<>(Topics.TIERED);
        config.put("segment.bytes", Integer.toString(DemoPlan.SEGMENT_BYTES));
        topics.create(DemoPlan.TOPIC, DemoPlan.PARTITIONS, 1, config);
        console.line(String.format(
                Locale.ROOT,
                "Topic    %s, %d partitions, replication factor 1 as all others, on the WALs, rolled segments to S3",
                DemoPlan.TOPIC,
                DemoPlan.PARTITIONS));
        return topics;
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

    private double produceFlatOut(BrokerProcess broker, Progress progress) {
        console.line("Produce  as fast as it goes");
        try (Load load = new Load(broker.bootstrap(), DemoPlan.TOPIC, history, options(0))) {
            long before = history.acknowledged();
            long begin = System.nanoTime();
            load.start();
            progress.during("flat out", load, plan.flatOut());
            double rate = (history.acknowledged() - before) * 1e9 / (System.nanoTime() - begin);
            load.stop(DRAIN_LIMIT);
            return rate;
        }
    }

    private DemoResult.TakenOver loseBroker(AquiferCluster cluster, Topics topics, Load load, Progress progress)
            throws IOException {
        BrokerProcess lost = cluster.cluster().brokers().get(DemoPlan.BROKERS - 1);
        int node = lost.config().nodeId();
        int partitions = Collections.frequency(topics.leaders(DemoPlan.TOPIC), node);
        load.latenciesSinceLastCall();
        lost.kill();
        long begin = System.nanoTime();
        console.line(String.format(
                Locale.ROOT,
                "Kill     broker %d for good, with SIGKILL, and delete its disk; what is left of it is the WAL's device",
                node));
        for (Path directory : lost.config().logDirs()) {
            Folders.delete(directory);
        }
        Histogram waits = progress.until(
                "taking over",
                load,
                TAKEOVER_LIMIT,
                () -> topics.leaders(DemoPlan.TOPIC).stream().noneMatch(leader -> leader < 0 || leader == node));
        Duration led = Duration.ofNanos(System.nanoTime() - begin);
        waits.add(progress.during("going on", load, GOING_ON));
        Duration longest = micros(waits.getMaxValue());
        console.line(
                String.format(Locale.ROOT, "Taken    over by the others, %.1f s after the kill", led.toMillis() / 1e3));
        return new DemoResult.TakenOver(partitions, led, longest);
    }

    private DemoResult.Drained drain(AquiferCluster cluster, Topics topics, Load load, Progress progress)
            throws IOException {
        BrokerProcess target = cluster.broker();
        int node = cluster.cluster().brokers().get(1).config().nodeId();
        int partitions = Collections.frequency(topics.leaders(DemoPlan.TOPIC), node);
        console.line("Drain    aquifer broker drain " + node);
        load.latenciesSinceLastCall();
        try (BrokerMetrics metrics = BrokerMetrics.of(target)) {
            long begin = System.nanoTime();
            Command.Result unused = Aquifer.onCluster(
                            cluster.kafka(), target.bootstrap(), "broker", "drain", Integer.toString(node))
                    .orThrow();
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            Histogram waits = load.latenciesSinceLastCall();
            waits.add(progress.during("going on", load, GOING_ON));
            return new DemoResult.Drained(
                    partitions, took, micros(waits.getMaxValue()), (long) metrics.count(COPIED_IN));
        }
    }

    private static Duration micros(long number) {
        return Duration.of(number, ChronoUnit.MICROS);
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
