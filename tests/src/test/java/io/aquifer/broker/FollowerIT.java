package io.aquifer.broker;

import static io.aquifer.broker.BrokerFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.Await;
import io.aquifer.harness.BrokerProcess;
import io.aquifer.harness.History;
import io.aquifer.harness.Load;
import io.aquifer.harness.Segments;
import io.aquifer.harness.Topics;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;

/** A shared topic with two replicas, as on its way in or out: each broker has a WAL of its own. */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class FollowerIT {

    private static final String TOPIC = "replicated";

    /** Too little for the WAL to be trimmed, and anything flushed, even if each record takes a block. */
    private static final Load.Options LITTLE =
            Load.Options.DEFAULT.withRecordsPerSecond(500).withRecords(4_000).withValueBytes(200);

    private static final Load.Options MUCH =
            Load.Options.DEFAULT.withValueBytes(4_000).with("acks", "1").with("enable.idempotence", false);

    private final History history = new History();
    private BrokerFixture fixture;
    private BrokerProcess second;

    @BeforeAll
    void startTwo() throws IOException {
        fixture = BrokerFixture.start(Plan.DEFAULT
                .withBrokers(2)
                .withWal(96L << 20)
                .with("aquifer.wal.memory.bytes", Integer.toString(4 << 20))
                .with("aquifer.wal.block.bytes", Integer.toString(128 << 10))
                .with("aquifer.wal.append.timeout.ms", "200")
                .with("replica.lag.time.max.ms", "5000"));
        second = fixture.cluster().cluster().brokers().get(1);
        Map<String, String> config = new LinkedHashMap<>(Topics.SHARED);
        config.put("min.insync.replicas", "2");
        fixture.topics().create(TOPIC, 2, 2, config);
    }

    @AfterAll
    void cleanUp() {
        fixture.close();
    }

    @Test
    @Order(1)
    void a_broker_killed_while_it_leads_and_follows_catches_up_and_loses_nothing() throws IOException {
        try (Load load = new Load(fixture.bootstrap(), TOPIC, history, LITTLE).start()) {
            Await.until("records", LIMIT, () -> history.acknowledged() > 1_000);
            second.kill();
            for (int partition = 0; partition < 2; partition++) {
                assertThat(Segments.cutLast(second.partitionFolder(TOPIC, partition), 0.5))
                        .isPositive();
            }
            second.startAndAwait(LIMIT);
            load.finish(LIMIT);
            assertThat(load.firstFailure()).isNull();
        }
        awaitInSync();
        fixture.assertIntact(TOPIC, history);
    }

    @Test
    @Order(2)
    void a_follower_whose_wal_is_full_waits_and_goes_on_when_there_is_room() throws IOException {
        restartSecondWith(Map.of("aquifer.wal.trim.interval.ms", "3600000"));
        awaitInSync();
        fixture.topics().configure(TOPIC, Map.of("min.insync.replicas", "1"));
        fixture.writeMore(TOPIC, history, 35_000, MUCH);
        Await.until(
                "a follower that has fallen behind",
                LIMIT,
                () -> inSync(0).size() == 1 || inSync(1).size() == 1);
        assertThat(second.isAlive()).isTrue();
        assertThat(second.output()).doesNotContain("marking it as failed").doesNotContain("is marked as failed");

        restartSecondWith(Map.of("aquifer.wal.trim.interval.ms", "100"));
        awaitInSync();
        fixture.assertIntact(TOPIC, history);
    }

    @Test
    @Order(3)
    void the_other_replica_has_everything_when_the_leader_moves() {
        fixture.topics().moveLeadershipTo(2, TOPIC, List.of(0, 1));

        fixture.assertIntact(TOPIC, history);
    }

    private void restartSecondWith(Map<String, String> settings) throws IOException {
        if (second.isAlive()) {
            second.kill();
        }
        second.reconfigure(second.config().with(settings));
        second.startAndAwait(LIMIT);
    }

    private void awaitInSync() {
        Await.until(
                "both replicas in sync",
                LIMIT,
                () -> inSync(0).size() == 2 && inSync(1).size() == 2);
    }

    private List<Integer> inSync(int partition) {
        return fixture.topics().inSyncReplicas(TOPIC, partition);
    }
}
