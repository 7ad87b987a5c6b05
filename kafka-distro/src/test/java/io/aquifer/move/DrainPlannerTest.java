package io.aquifer.move;

import static io.aquifer.move.FakeCluster.partition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DrainPlannerTest {

    private static MovePlan drain(FakeCluster cluster, int leaving, Integer... to) throws MoveRefusedException {
        return DrainPlanner.plan(cluster.state(), leaving, List.of(to));
    }

    private static Stream<Integer> gained(MovePlan plan) {
        return plan.moves().stream()
                .flatMap(move ->
                        move.to().stream().filter(replica -> !move.from().contains(replica)));
    }

    @Test
    void everyReplicaOnTheBrokerMovesAndNoOther() throws MoveRefusedException {
        FakeCluster cluster = new FakeCluster()
                .withBrokers(1, 2, 3, 4)
                .with("single", 0, 3)
                .with("single", 1, 1)
                .with("leading", 0, 3, 1, 2)
                .with("following", 0, 1, 3);

        MovePlan plan = drain(cluster, 3);

        assertThat(plan.moves())
                .extracting(Move::partition)
                .containsExactly(partition("following", 0), partition("leading", 0), partition("single", 0));
        assertThat(plan.moves()).allSatisfy(move -> assertThat(move.to()).doesNotContain(3));
        assertThat(plan.moves().get(1).to()).containsExactly(4, 1, 2);
        assertThat(plan.moves().get(0).to().get(0)).isEqualTo(1);
        assertThat(plan.blocked()).isEmpty();
    }

    @Test
    void whoLeadsFewestGetsTheNextOne() throws MoveRefusedException {
        FakeCluster cluster =
                new FakeCluster().withBrokers(1, 2, 3).with("busy", 0, 1).with("busy", 1, 1);
        for (int number = 0; number < 8; number++) {
            cluster.with("a", number, 3);
        }

        MovePlan plan = drain(cluster, 3);

        assertThat(gained(plan).filter(broker -> broker == 1)).hasSize(3);
        assertThat(gained(plan).filter(broker -> broker == 2)).hasSize(5);
    }

    @Test
    void aReplicaStaysOutOfTheRacksOfTheOthers() throws MoveRefusedException {
        FakeCluster cluster = new FakeCluster()
                .withBroker(1, "x")
                .withBroker(2, "y")
                .withBroker(3, "x")
                .withBroker(4, "y")
                .with("busy", 0, 3)
                .with("a", 0, 1, 2);

        MovePlan plan = drain(cluster, 1);

        assertThat(plan.moves().get(0).to()).containsExactly(3, 2);
    }

    @Test
    void onlyBrokersThatAreNamedGetPartitions() throws MoveRefusedException {
        FakeCluster cluster = new FakeCluster()
                .withBrokers(1, 2, 3)
                .withCordoned(4)
                .with("a", 0, 1)
                .with("a", 1, 1);

        assertThat(gained(drain(cluster, 1, 3))).containsOnly(3);
        assertThat(gained(drain(cluster, 1, 4))).containsOnly(4);
        assertThat(gained(drain(cluster, 1))).containsExactly(2, 3);
    }

    @Test
    void aPartitionThatIsEverywhereCantBeMovedAndTheOthersAre() throws MoveRefusedException {
        FakeCluster cluster = new FakeCluster()
                .withBrokers(1, 2, 3)
                .with("everywhere", 0, 1, 2, 3)
                .with("single", 0, 3);

        MovePlan plan = drain(cluster, 3);

        assertThat(plan.moves()).extracting(Move::partition).containsExactly(partition("single", 0));
        assertThat(plan.blocked()).hasSize(1);
        assertThat(plan.blocked().get(0).partition()).isEqualTo(partition("everywhere", 0));
        assertThat(plan.blocked().get(0).why()).contains("3 replicas are on [1, 2, 3]");
    }

    @Test
    void aReassignmentAwayFromTheBrokerIsAwaitedAndAnyOtherIsLeftAlone() throws MoveRefusedException {
        FakeCluster cluster = new FakeCluster()
                .withBrokers(1, 2, 3)
                .with("away", 0, 3)
                .with("onto", 0, 1)
                .with("elsewhere", 0, 1);
        cluster.reassign("away", 0, 2);
        cluster.reassign("onto", 0, 3);
        cluster.reassign("elsewhere", 0, 2);

        MovePlan plan = drain(cluster, 3);

        assertThat(plan.moves()).containsExactly(new Move(partition("away", 0), List.of(3), List.of(2), true));
        assertThat(plan.blocked()).extracting(MovePlan.Blocked::partition).containsExactly(partition("onto", 0));
    }

    @Test
    void whatHasNoLeaderCantBeCopied() throws MoveRefusedException {
        FakeCluster cluster = new FakeCluster().withBrokers(1, 2).withLeader(OptionalInt.empty(), "a", 0, 2);

        assertThat(drain(cluster, 2).blocked().get(0).why()).contains("no leader");
    }

    @Test
    void anEmptyBrokerIsDrained() throws MoveRefusedException {
        MovePlan plan = drain(new FakeCluster().withBrokers(1, 2).with("a", 0, 1), 2);

        assertThat(plan.moves()).isEmpty();
        assertThat(plan.blocked()).isEmpty();
    }

    @Test
    void aBrokerThatIsNotAliveIsToBeTakenOver() {
        assertThatThrownBy(() -> drain(new FakeCluster().withBrokers(1, 2), 3))
                .isInstanceOf(MoveRefusedException.class)
                .hasMessageContaining("Broker 3 isn't alive")
                .hasMessageContaining("aquifer broker takeover 3");
    }

    @Test
    void withNobodyToGetThePartitionsItIsRefused() {
        assertThatThrownBy(() -> drain(new FakeCluster().withBrokers(1).withCordoned(2), 1))
                .isInstanceOf(MoveRefusedException.class)
                .hasMessageContaining("No other broker can get the partitions of broker 1");
        assertThatThrownBy(() -> drain(new FakeCluster().withBrokers(1, 2), 1, 2, 1))
                .hasMessageContaining("can't be emptied and get partitions");
        assertThatThrownBy(() -> drain(new FakeCluster().withBrokers(1, 2), 1, 9))
                .hasMessageContaining("Broker 9 can't get partitions");
    }
}
