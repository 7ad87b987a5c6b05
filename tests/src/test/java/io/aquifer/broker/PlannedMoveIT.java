package io.aquifer.broker;

import static io.aquifer.broker.BrokerFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.Aquifer;
import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.Await;
import io.aquifer.harness.BrokerMetrics;
import io.aquifer.harness.BrokerProcess;
import io.aquifer.harness.History;
import io.aquifer.harness.HistoryChecker.Isolation;
import io.aquifer.harness.Load;
import io.aquifer.harness.Topics;
import io.aquifer.harness.TransactionalLoad;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Partitions with one replica go from one of three brokers to another, by an ordinary reassignment. */
class PlannedMoveIT {

    private static final String TOPIC = "shared";
    private static final String COPIED_IN = "kafka.server:type=BrokerTopicMetrics,name=ReplicationBytesInPerSec";
    /** All of a partition is in its open segment, which nobody copies to the tier. */
    private static final Map<String, String> TIERED = Map.of("remote.storage.enable", "true");

    private static final int FILLED = 64 << 10;

    private static Plan plan() {
        return Plan.DEFAULT
                .withBrokers(3)
                .with("replica.fetch.backoff.ms", "100")
                .with("transaction.state.log.replication.factor", "1")
                .with("transaction.state.log.min.isr", "1");
    }

    @Test
    void a_partition_moves_under_load_and_hardly_anything_is_copied_between_brokers() throws Exception {
        try (BrokerFixture fixture = BrokerFixture.startTiered(plan())) {
            fixture.topics().createOn(1, TOPIC, 2, TIERED);
            History history = fixture.write(TOPIC, FILLED);
            try (Load load =
                    new Load(fixture.bootstrap(), TOPIC, history, Load.Options.DEFAULT.withRecordsPerSecond(200))) {
                load.start();
                BrokerProcess target = fixture.cluster().cluster().brokers().get(1);
                try (BrokerMetrics metrics = BrokerMetrics.of(target)) {
                    move(fixture, 0, 2);
                    assertThat(metrics.count(COPIED_IN)).isLessThan(1 << 20);
                }
                awaitMore(history);
                Await.until(
                        "removal of what node 1 had",
                        LIMIT,
                        () -> !Files.exists(
                                fixture.broker().config().logDirs().get(0).resolve(TOPIC + "-0")));

                fixture.broker().kill();
                fixture.restart();
                awaitMore(history);
                move(fixture, 0, 1);
                move(fixture, 1, 3);
                awaitMore(history);
                load.stop(LIMIT);
                assertThat(load.firstFailure()).isNull();
            }
            fixture.assertIntact(TOPIC, history);
            assertThat(Aquifer.storage(
                                    fixture.cluster().kafka(), fixture.broker().config(), "verify")
                            .orThrow()
                            .output())
                    .contains("Result: all that is promised is there");
        }
    }

    @Test
    void transactions_go_on_over_moves_and_a_broker_that_is_shut_down_gives_its_partitions_away_first()
            throws Exception {
        History history = new History();
        try (BrokerFixture fixture = BrokerFixture.startTiered(plan().with("aquifer.drain.on.shutdown", "true"))) {
            fixture.topics().createOn(1, TOPIC, 2, TIERED);
            try (TransactionalLoad load =
                    new TransactionalLoad(fixture.bootstrap(), TOPIC, "moving", history).start()) {
                awaitCommits(load);
                for (int target : List.of(2, 1, 3)) {
                    move(fixture, 0, target);
                    awaitCommits(load);
                }
                BrokerProcess leaving = fixture.cluster().cluster().brokers().get(2);

                leaving.stop(LIMIT);

                assertThat(fixture.topics().leaders(TOPIC)).doesNotContain(-1, 3);
                assertThat(fixture.topics().leaders("__transaction_state")).doesNotContain(-1, 3);
                awaitCommits(load);
                leaving.startAndAwait(LIMIT);
                awaitCommits(load);
                load.stop(LIMIT);
            }
            assertThat(fixture.check(TOPIC, history, Isolation.READ_COMMITTED).examples())
                    .isEmpty();
        }
    }

    private static void move(BrokerFixture fixture, int partition, int target) {
        Topics topics = fixture.topics();
        topics.move(TOPIC, partition, target);
        Await.until(
                () -> "the move of " + TOPIC + "-" + partition + " to node " + target + ", the brokers:"
                        + fixture.whatBrokersDo(),
                LIMIT,
                () -> topics.replicas(TOPIC, partition).equals(List.of(target))
                        && topics.leader(TOPIC, partition) == target);
    }

    private static void awaitMore(History history) {
        long before = history.acknowledged();
        Await.until("more that is acknowledged", LIMIT, () -> history.acknowledged() > before + 500);
    }

    private static void awaitCommits(TransactionalLoad load) {
        long before = load.committed();
        Await.until("transactions", LIMIT, () -> load.committed() > before + 3);
    }
}
