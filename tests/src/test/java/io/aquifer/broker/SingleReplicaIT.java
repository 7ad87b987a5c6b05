package io.aquifer.broker;

import static io.aquifer.broker.BrokerFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.Await;
import io.aquifer.harness.Checkpoint;
import io.aquifer.harness.Folders;
import io.aquifer.harness.Folders.Scratch;
import io.aquifer.harness.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A broker has the only replica of every partition of every topic, those of Kafka's coordinators too, and is killed again
 * and again, while groups commit, transactions read and write, and logs are cleaned.
 */
class SingleReplicaIT {

    private static final int TIMES = 3;
    private static final List<String> COMPACTED =
            List.of("__consumer_offsets", "__transaction_state", EveryClient.TABLE);
    private static final Map<String, String> CLEANED_SOON = Map.of(
            "cleanup.policy", "compact",
            "internal.segment.bytes", Integer.toString(32 << 10),
            "min.cleanable.dirty.ratio", "0.1",
            "delete.retention.ms", "1000",
            "file.delete.delay.ms", "1000");

    @ParameterizedTest(name = "with its disk lost: {0}")
    @ValueSource(booleans = {false, true})
    void nothing_that_was_committed_goes_back_is_lost_or_hangs(boolean losesDisk) throws Exception {
        try (Scratch metadata = Folders.scratch("metadata");
                BrokerFixture fixture = start(metadata.path());
                EveryClient clients = new EveryClient(fixture)) {
            clients.start();
            clients.awaitProgress();
            COMPACTED.forEach(topic -> assertThat(fixture.sharedFrom(topic, 0)).isZero());

            for (int round = 0; round < TIMES; round++) {
                awaitCleaning(fixture);
                RemainingOffsets before = RemainingOffsets.of(fixture.bootstrap(), COMPACTED, LIMIT);
                fixture.broker().kill();
                EveryClient.Promises promises = clients.promises();
                if (losesDisk) {
                    fixture.cluster().loseLogDirs(fixture.broker());
                }
                fixture.restart();

                clients.assertKept(promises);
                if (!losesDisk) {
                    RemainingOffsets after = RemainingOffsets.of(fixture.bootstrap(), COMPACTED, LIMIT);
                    assertThat(after.thatCameBackSince(before)).isEmpty();
                }
                clients.awaitProgress();
            }

            clients.stop();
            clients.assertNothingLost();
        }
    }

    private static BrokerFixture start(Path metadata) throws IOException {
        BrokerFixture fixture = BrokerFixture.startTiered(Plan.DEFAULT
                .with("metadata.log.dir", metadata.toString())
                .with("offsets.topic.num.partitions", Integer.toString(EveryClient.PARTITIONS))
                .with("transaction.state.log.num.partitions", Integer.toString(EveryClient.PARTITIONS))
                .with("aquifer.compacted.topics", EveryClient.TABLE)
                .with("aquifer.wal.trim.interval.ms", "200")
                .with("aquifer.mirror.interval.ms", "100")
                .with(BrokerFixture.GC_INTERVAL, "200")
                .with("aquifer.gc.min.age.ms", "1000")
                .with("log.cleaner.backoff.ms", "100")
                .with("log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20))
                .with("group.share.delivery.count.limit", "10"));
        Topics topics = fixture.topics();
        topics.create("__consumer_offsets", EveryClient.PARTITIONS, 1, CLEANED_SOON);
        topics.create("__transaction_state", EveryClient.PARTITIONS, 1, CLEANED_SOON);
        topics.create(EveryClient.TABLE, EveryClient.PARTITIONS, 1, CLEANED_SOON);
        return fixture;
    }

    /** Returns when some partition of each of the compacted topics was cleaned further than it is now. */
    private static void awaitCleaning(BrokerFixture fixture) throws IOException {
        Path disk = fixture.broker().config().logDirs().get(0);
        Checkpoint before = Checkpoint.cleaned(disk);
        Await.until("cleaning of " + COMPACTED, LIMIT, () -> {
            Checkpoint now = Checkpoint.cleaned(disk);
            return COMPACTED.stream().allMatch(topic -> cleaned(now, topic) > cleaned(before, topic));
        });
    }

    private static long cleaned(Checkpoint checkpoint, String topic) {
        long offsets = 0;
        for (int partition = 0; partition < EveryClient.PARTITIONS; partition++) {
            offsets += checkpoint.offset(topic, partition);
        }
        return offsets;
    }
}
