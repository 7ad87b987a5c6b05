package io.aquifer.broker;

import static io.aquifer.broker.BrokerFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.format.PartitionSnapshot;
import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.Await;
import io.aquifer.harness.BrokerProcess;
import io.aquifer.harness.History;
import io.aquifer.harness.Load;
import io.aquifer.harness.Segments;
import io.aquifer.harness.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;

/** A tiered topic with two replicas: whoever leads it opens its metadata from the bucket and goes on tiering. */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class TieredLeadershipIT {

    private static final String TOPIC = "handed-on";
    private static final int RECORDS = 5_000;

    private final History history = new History();
    private BrokerFixture fixture;
    private BrokerProcess first;
    private BrokerProcess second;

    @BeforeAll
    void startTwo() throws IOException {
        fixture = BrokerFixture.startTiered(Plan.DEFAULT.withBrokers(2).with("replica.lag.time.max.ms", "5000"));
        first = fixture.broker();
        second = fixture.cluster().cluster().brokers().get(1);
        fixture.topics().create(TOPIC, 1, 2, Topics.TIERED);
        fixture.topics().moveLeadershipTo(2, TOPIC, List.of(0));
        writeAndAwaitCopiesBy(second);
    }

    @AfterAll
    void cleanUp() {
        fixture.close();
    }

    @Test
    @Order(1)
    void the_other_broker_goes_on_when_the_leader_hangs_and_what_the_old_one_still_does_is_nothing()
            throws IOException {
        PartitionSnapshot before = fixture.tier().metadata(0);
        second.pause();
        try {
            Await.until(
                    "leadership of the first",
                    LIMIT,
                    () -> fixture.topics().inSyncReplicas(TOPIC, 0).equals(List.of(1)));
            writeAndAwaitCopiesBy(first);
        } finally {
            second.resume();
        }
        PartitionSnapshot after = fixture.tier().metadata(0);
        awaitInSync();

        assertThat(after.leaderEpoch()).isGreaterThan(before.leaderEpoch());
        assertThat(fixture.tier().metadata(0).leaderEpoch()).isEqualTo(after.leaderEpoch());
        assertThat(fixture.tier().metadata(0).brokerId()).isEqualTo(1);
        assertThat(fixture.tier().segmentPlaces()).doesNotHaveDuplicates();
        fixture.assertIntact(TOPIC, history);
    }

    @Test
    @Order(2)
    void a_leader_that_comes_back_knows_what_was_tiered_meanwhile() throws IOException {
        PartitionSnapshot before = fixture.tier().metadata(0);
        fixture.topics().moveLeadershipTo(2, TOPIC, List.of(0));

        writeAndAwaitCopiesBy(second);

        assertThat(fixture.tier().metadata(0).leaderEpoch()).isGreaterThan(before.leaderEpoch());
        assertThat(fixture.tier().metadata(0).segments())
                .hasSizeGreaterThan(before.segments().size());
        assertThat(fixture.tier().segmentPlaces()).doesNotHaveDuplicates();
        fixture.assertIntact(TOPIC, history);
    }

    private void writeAndAwaitCopiesBy(BrokerProcess leader) throws IOException {
        Load.Options options = Load.Options.DEFAULT.withRecords(RECORDS).withRecordsPerSecond(4_000);
        // A client that tries the broker that hangs first waits for it for half a minute.
        try (Load load = new Load(leader.bootstrap(), TOPIC, history, options).start()) {
            load.finish(LIMIT);
            assertThat(load.firstFailure()).isNull();
        }
        Path folder = leader.partitionFolder(TOPIC, 0);
        Await.until(
                () -> "copies of all but the last segment in " + folder + "; its broker said:\n" + leader.output(),
                LIMIT,
                () -> Segments.all(folder).size() == 1
                        && fixture.tier().metadata(0).brokerId()
                                == leader.config().nodeId());
        assertThat(Segments.firstOffset(folder)).isPositive();
    }

    private void awaitInSync() {
        Await.until(
                "both replicas in sync",
                LIMIT,
                () -> fixture.topics().inSyncReplicas(TOPIC, 0).size() == 2);
    }
}
