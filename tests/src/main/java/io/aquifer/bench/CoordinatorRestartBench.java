package io.aquifer.bench;

import io.aquifer.bench.Comparison.Target;
import io.aquifer.harness.AquiferCluster;
import io.aquifer.harness.BrokerProcess;
import io.aquifer.harness.Cleanup;
import io.aquifer.harness.Folders;
import io.aquifer.harness.Tier;
import io.aquifer.harness.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * How long a broker takes to restore what its coordinators know, when its log directories are lost.
 *
 * <p>It has started when its coordinators answer with every group's offsets and every transactional id.
 */
final class CoordinatorRestartBench {

    private static final int GROUPS = 1_000;
    private static final List<String> TRANSACTIONAL_IDS = List.of("first", "second", "third", "fourth");
    private static final Duration TRANSACTIONS = Duration.ofMillis(250);
    private static final Pattern REBUILT = Pattern.compile("Rebuilt \\d+ of \\d+ logs in (\\d+) ms");

    /** Of each group. */
    private static final Map<TopicPartition, OffsetAndMetadata> OFFSETS = IntStream.range(
                    0, CoordinatorBench.PARTITIONS)
            .boxed()
            .collect(Collectors.toMap(
                    partition -> new TopicPartition(CoordinatorBench.TOPIC, partition),
                    partition -> new OffsetAndMetadata(1_000 + partition)));

    private final BenchPlan plan;
    private final Progress progress;

    CoordinatorRestartBench(BenchPlan plan, Progress progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /** Runs it. */
    List<Figure> run() throws Exception {
        List<Double> rebuilt = new ArrayList<>();
        List<Double> longer = new ArrayList<>();
        try (Cleanup cleanup = new Cleanup()) {
            Path folder =
                    cleanup.add(Folders.scratch("bench-coordinator-restart")).path();
            Worker generator = cleanup.add(LoadGenerator.start());
            Tier tier = cleanup.add(Tier.start(folder.resolve("s3")));
            // With the short sessions of the harness: a start is to wait for what is restored, not for the session
            // before it.
            AquiferCluster cluster =
                    UploadBench.prepare(plan, cleanup, folder.resolve("aquifer"), CoordinatorBench.INTERNAL_TOPICS);
            tier.useIn(cluster.cluster());
            BrokerProcess broker = cluster.start().broker();
            Admin admin = cleanup.add(broker.admin());
            new Topics(admin).create(CoordinatorBench.TOPIC, CoordinatorBench.PARTITIONS, 1, Topics.SHARED);
            commit(admin);
            for (int round = 0; round < plan.rounds(); round++) {
                for (String id : TRANSACTIONAL_IDS) {
                    new CoordinatorLoad(broker.bootstrap(), CoordinatorBench.TOPIC, id, Duration.ZERO, TRANSACTIONS)
                            .by(generator, CoordinatorLoad.TRANSACTIONS);
                }
                Starts starts = Starts.measure(cluster, () -> requireAll(admin));
                double rebuild = secondsOfRebuild(broker);
                progress.line(String.format(
                        Locale.ROOT, "  %,d groups: %s, of which %.1f s of rebuild", GROUPS, starts, rebuild));
                rebuilt.add(rebuild);
                longer.add(starts.longerWithout());
            }
        }
        String of = String.format(Locale.ROOT, "internal topics of %,d groups", GROUPS);
        return List.of(
                new Figure(of + ": rebuilt in", "s", rebuilt, Target.atMost(3)),
                new Figure(of + ": start without the local disk longer by", "s", longer, Target.atMost(3)));
    }

    private static List<String> groups() {
        return IntStream.range(0, GROUPS).mapToObj(number -> "group-" + number).toList();
    }

    private static void commit(Admin admin) {
        for (String group : groups()) {
            Topics.answer(admin.alterConsumerGroupOffsets(group, OFFSETS).all());
        }
    }

    /** Waits for the coordinators' answers. */
    private static void requireAll(Admin admin) {
        Map<String, ListConsumerGroupOffsetsSpec> wanted = new HashMap<>();
        Map<String, Map<TopicPartition, OffsetAndMetadata>> expected = new HashMap<>();
        for (String group : groups()) {
            wanted.put(group, new ListConsumerGroupOffsetsSpec());
            expected.put(group, OFFSETS);
        }
        var found = Topics.answer(admin.listConsumerGroupOffsets(wanted).all());
        if (!found.equals(expected)) {
            throw new IllegalStateException("Not every group has its offsets " + OFFSETS);
        }
        Topics.answer(admin.describeTransactions(TRANSACTIONAL_IDS).all());
    }

    /** Of the last start, as the broker's log has it. */
    static double secondsOfRebuild(BrokerProcess broker) {
        Matcher rebuilt = REBUILT.matcher(broker.output());
        if (!rebuilt.find()) {
            throw new IllegalStateException("The broker doesn't say how long it rebuilt:\n" + broker.output());
        }
        return Long.parseLong(rebuilt.group(1)) / 1e3;
    }
}
