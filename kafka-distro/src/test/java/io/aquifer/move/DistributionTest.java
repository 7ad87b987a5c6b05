package io.aquifer.move;

import static io.aquifer.move.FakeCluster.partition;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.move.Distribution.Movable;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Who carries what, and what of that can be moved. */
class DistributionTest {

    private static final Rate RATE = new Rate(100, 10);

    @Test
    void aSingleReplicaCanBeMoved() {
        FakeCluster cluster = new FakeCluster().withBrokers(1, 2).with("a", 0, 2);

        Distribution distribution = Distribution.of(cluster.state(), Map.of(partition("a", 0), RATE));

        assertThat(distribution.movable()).containsExactly(new Movable(partition("a", 0), 2, new Load(100, 10, 1)));
        assertThat(distribution.loads()).containsEntry(1, Load.NONE).containsEntry(2, new Load(100, 10, 1));
    }

    @Test
    void ofMoreReplicasEachCarriesWhatIsProducedAndTheLeaderWhatIsConsumed() {
        FakeCluster cluster = new FakeCluster().withBrokers(1, 2).with("a", 0, 2, 1);

        Distribution distribution = Distribution.of(cluster.state(), Map.of(partition("a", 0), RATE));

        assertThat(distribution.movable()).isEmpty();
        assertThat(distribution.loads()).containsEntry(1, new Load(100, 0, 1)).containsEntry(2, new Load(100, 10, 1));
    }

    @Test
    void whatIsBeingReassignedCountsWhereItGoesAndStaysThere() {
        FakeCluster cluster = new FakeCluster().withBrokers(1, 2).with("a", 0, 1);
        cluster.reassign("a", 0, 2);

        Distribution distribution = Distribution.of(cluster.state(), Map.of(partition("a", 0), RATE));

        assertThat(distribution.movable()).isEmpty();
        assertThat(distribution.loads()).containsEntry(1, Load.NONE).containsEntry(2, new Load(100, 10, 1));
    }

    @Test
    void whatHasNoLeaderThatIsAliveCountsForNobody() {
        FakeCluster cluster = new FakeCluster()
                .withBrokers(1, 2)
                .withLeader(OptionalInt.empty(), "a", 0, 1)
                .with("b", 0, 3);

        Distribution distribution = Distribution.of(cluster.state(), Map.of());

        assertThat(distribution.leaderless()).isEqualTo(2);
        assertThat(distribution.loads().values()).containsOnly(Load.NONE);
    }
}
