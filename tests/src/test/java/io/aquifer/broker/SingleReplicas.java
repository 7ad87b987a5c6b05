package io.aquifer.broker;

import static io.aquifer.broker.BrokerFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.Await;
import io.aquifer.harness.BrokerProcess;
import io.aquifer.harness.Checkpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Brokers on which every partition of every topic, those of Kafka's coordinators too, has one replica, and the compacted logs
 * among them are cleaned, mirrored, trimmed and collected all the time. The partitions of each topic are spread over all of them.
 */
final class SingleReplicas {

    static final List<String> COMPACTED = List.of("__consumer_offsets", "__transaction_state", EveryClient.TABLE);

    private static final Map<String, String> CLEANED_SOON = Map.of(
            "cleanup.policy", "compact",
            "internal.segment.bytes", Integer.toString(32 << 10),
            "min.cleanable.dirty.ratio", "0.1",
            "delete.retention.ms", "1000",
            "file.delete.delay.ms", "1000");

    private SingleReplicas() {}

    /** Starts them, with the topics of {@link #COMPACTED}. */
    static BrokerFixture start(Plan plan) throws IOException {
        String partitions = Integer.toString(EveryClient.PARTITIONS);
        Plan complete = plan.with("aquifer.compacted.topics", EveryClient.TABLE)
                .with("aquifer.wal.trim.interval.ms", "200")
                .with("aquifer.mirror.interval.ms", "100")
                .with(BrokerFixture.GC_INTERVAL, "200")
                .with("aquifer.gc.min.age.ms", "1000")
                .with("log.cleaner.backoff.ms", "100")
                .with("log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20))
                .with("group.share.delivery.count.limit", "10")
                .with("transaction.max.timeout.ms", Long.toString(EveryClient.LONGEST_TRANSACTION.toMillis()));
        for (String topic : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            complete = complete.with(topic + ".num.partitions", partitions).with(topic + ".replication.factor", "1");
        }
        for (String topic : List.of("transaction.state.log", "share.coordinator.state.topic")) {
            complete = complete.with(topic + ".min.isr", "1");
        }
        BrokerFixture fixture = BrokerFixture.startTiered(complete);
        for (String topic : COMPACTED) {
            fixture.topics().create(topic, EveryClient.PARTITIONS, 1, CLEANED_SOON);
        }
        return fixture;
    }

    /** Fails unless each partition of the compacted topics has records, all of which are shared. */
    static void assertShared(BrokerFixture fixture) {
        for (String topic : COMPACTED) {
            for (int partition = 0; partition < EveryClient.PARTITIONS; partition++) {
                assertThat(fixture.topics().end(topic, partition))
                        .as("end of %s-%d", topic, partition)
                        .isPositive();
                assertThat(fixture.sharedFrom(topic, partition)).isZero();
            }
        }
    }

    /** Returns when some partition of each of the compacted topics was cleaned further than it is now. */
    static void awaitCleaning(BrokerFixture fixture) throws IOException {
        List<Checkpoint> before = cleaned(fixture);
        Await.until("cleaning of " + COMPACTED, LIMIT, () -> {
            List<Checkpoint> now = cleaned(fixture);
            return COMPACTED.stream().allMatch(topic -> offsets(now, topic) > offsets(before, topic));
        });
    }

    private static List<Checkpoint> cleaned(BrokerFixture fixture) throws IOException {
        List<Checkpoint> cleaned = new ArrayList<>();
        for (BrokerProcess broker : fixture.cluster().cluster().brokers()) {
            cleaned.add(Checkpoint.cleaned(broker.config().logDirs().get(0)));
        }
        return cleaned;
    }

    private static long offsets(List<Checkpoint> checkpoints, String topic) {
        long offsets = 0;
        for (Checkpoint checkpoint : checkpoints) {
            for (int partition = 0; partition < EveryClient.PARTITIONS; partition++) {
                offsets += checkpoint.offset(topic, partition);
            }
        }
        return offsets;
    }
}
