package io.aquifer.move;

import static io.aquifer.move.FakeCluster.partition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class TopicMovePlannerTest {

    private static MovePlan plan(FakeCluster cluster, List<Integer> to, String... topics) throws MoveRefusedException {
        return TopicMovePlanner.plan(
                cluster.state(),
                Arrays.stream(topics).map(TopicSelection::parse).toList(),
                to);
    }

    private static List<TopicPartition> partitionsTo(MovePlan plan, int broker) {
        return plan.moves().stream()
                .filter(move -> move.to().equals(List.of(broker)))
                .map(Move::partition)
                .toList();
    }

    @Test
    void thePartitionsThatAreNamedMoveAndNoOthers() throws MoveRefusedException {
        FakeCluster cluster = new FakeCluster()
                .withBrokers(1, 2)
                .with("a", 0, 1)
                .with("a", 1, 1)
                .with("b", 0, 1)
                .with("c", 0, 1);

        MovePlan plan = plan(cluster, List.of(2), "b", "a:1", "b");

        assertThat(plan.moves())
                .containsExactly(
                        new Move(partition("a", 1), List.of(1), List.of(2), false),
                        new Move(partition("b", 0), List.of(1), List.of(2), false));
        assertThat(plan.blocked()).isEmpty();
        assertThat(plan.settled()).isZero();
    }

    @Test
    void whatIsThereAlreadyStaysThere() throws MoveRefusedException {
        FakeCluster cluster = new FakeCluster()
                .withBrokers(1, 2, 3)
                .with("a", 0, 1)
                .with("a", 1, 2)
                .with("a", 2, 3);

        MovePlan plan = plan(cluster, List.of(2, 3), "a");

        assertThat(plan.moves()).extracting(Move::partition).containsExactly(partition("a", 0));
        assertThat(plan.settled()).isEqualTo(2);
    }

    @Test
    void ofSeveralBrokersTheOneThatLeadsFewestGetsTheNextPartition() throws MoveRefusedException {
        FakeCluster cluster =
                new FakeCluster().withBrokers(1, 2, 3).with("busy", 0, 2).with("busy", 1, 2);
        for (int number = 0; number < 6; number++) {
            cluster.with("a", number, 1);
        }

        MovePlan plan = plan(cluster, List.of(2, 3), "a");

        assertThat(partitionsTo(plan, 2)).hasSize(2);
        assertThat(partitionsTo(plan, 3)).hasSize(4);
    }

    @Test
    void ofBrokersThatLeadAsManyOneInTheSameRackGetsIt() throws MoveRefusedException {
        FakeCluster cluster = new FakeCluster()
                .withBroker(1, "y")
                .withBroker(2, "x")
                .withBroker(3, "y")
                .with("a", 0, 1);

        assertThat(partitionsTo(plan(cluster, List.of(2, 3), "a"), 3)).hasSize(1);
    }

    @Test
    void aReassignmentThatIsUnderWayIsAwaitedIfItLeadsThereAndLeftAloneIfNot() throws MoveRefusedException {
        FakeCluster cluster =
                new FakeCluster().withBrokers(1, 2, 3).with("a", 0, 1).with("a", 1, 1);
        cluster.reassign("a", 0, 2);
        cluster.reassign("a", 1, 3);

        MovePlan plan = plan(cluster, List.of(2), "a");

        assertThat(plan.moves()).containsExactly(new Move(partition("a", 0), List.of(1), List.of(2), true));
        assertThat(plan.blocked()).hasSize(1);
        assertThat(plan.blocked().get(0).partition()).isEqualTo(partition("a", 1));
        assertThat(plan.blocked().get(0).why()).contains("to [3] is under way").contains("--cancel");
    }

    @Test
    void whatHasNoLeaderCantBeCopied() throws MoveRefusedException {
        FakeCluster cluster = new FakeCluster().withBrokers(1, 2).withLeader(OptionalInt.empty(), "a", 0, 3);

        MovePlan plan = plan(cluster, List.of(2), "a");

        assertThat(plan.moves()).isEmpty();
        assertThat(plan.blocked().get(0).why())
                .contains("no leader")
                .contains("[3]")
                .contains("broker takeover");
    }

    @Test
    void aCordonedBrokerGetsPartitionsIfItIsNamed() throws MoveRefusedException {
        FakeCluster cluster = new FakeCluster().withBrokers(1).withCordoned(2).with("a", 0, 1);

        assertThat(plan(cluster, List.of(2), "a").moves()).hasSize(1);
    }

    @Test
    void topicsWithMoreReplicasAreRefused() {
        FakeCluster cluster =
                new FakeCluster().withBrokers(1, 2, 3).with("a", 0, 1).with("b", 0, 1, 2, 3);

        assertThatThrownBy(() -> plan(cluster, List.of(2), "a", "b"))
                .isInstanceOf(MoveRefusedException.class)
                .hasMessageContaining("'b' has replication factor 3")
                .hasMessageContaining("kafka-reassign-partitions.sh");
    }

    @Test
    void whatDoesNotExistIsRefused() {
        FakeCluster cluster = new FakeCluster().withBrokers(1, 2).with("a", 0, 1);

        assertThatThrownBy(() -> plan(cluster, List.of(2), "b")).hasMessageContaining("no topic 'b'");
        assertThatThrownBy(() -> plan(cluster, List.of(2), "a:0,7")).hasMessageContaining("'a' has no partition 7");
        assertThatThrownBy(() -> plan(cluster, List.of(2, 9), "a"))
                .hasMessageContaining("Broker 9 can't get partitions")
                .hasMessageContaining("Alive are: 1, 2.");
    }
}
