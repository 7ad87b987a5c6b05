package io.aquifer.move;

import static io.aquifer.move.FakeCluster.partition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.move.MoveResult.State;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What was planned by metadata that lags behind is planned anew, and does no harm. */
class MoveRoundsTest {

    private final FakeCluster cluster = new FakeCluster().withBrokers(1, 2, 3);

    private MoveRounds.Done drain(Duration timeout) throws IOException {
        return new MoveRounds(cluster, cluster, 10, timeout, progress -> {})
                .run(state -> DrainPlanner.plan(state, 1, List.of()));
    }

    @Test
    void aReassignmentThatEndedAMomentAgoIsNotTakenForASecondReplica() throws IOException {
        cluster.with("a", 0, 2).with("b", 0, 1);
        cluster.lag(new PartitionState(partition("a", 0), List.of(2, 1), List.of(), List.of(), OptionalInt.of(2)));

        MoveRounds.Done done = drain(Duration.ofMinutes(1));

        assertThat(done.outcome().results())
                .extracting(result -> result.move().partition())
                .containsExactly(partition("b", 0));
        assertThat(done.outcome().count(State.MOVED)).isOne();
        assertThat(done.plan().settled()).isOne();
        assertThat(done.plan().blocked()).isEmpty();
        assertThat(cluster.get("a", 0).replicas()).containsExactly(2);
        assertThat(cluster.requests.get(0)).containsKeys(partition("a", 0), partition("b", 0));
    }

    @Test
    void whatStaysAsItIsNotIsGivenUp() throws IOException {
        cluster.with("a", 0, 1);
        cluster.refusals.put(partition("a", 0), new Refusal(true, "no"));

        MoveRounds.Done inTime = drain(Duration.ofMinutes(5));
        int requests = cluster.requests.size();
        MoveRounds.Done late = drain(Duration.ofSeconds(3));

        assertThat(inTime.outcome().count(State.OUTDATED)).isOne();
        assertThat(late.outcome().count(State.OUTDATED)).isOne();
        assertThat(requests).isEqualTo(20);
        assertThat(late.outcome().time()).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(5));
    }

    @Test
    void whatIsRefusedIsLookedAtTwice() throws IOException {
        cluster.with("a", 0, 2);
        cluster.lag(new PartitionState(partition("a", 0), List.of(2, 1), List.of(), List.of(), OptionalInt.of(2)));
        MoveRounds rounds = new MoveRounds(cluster, cluster, 10, Duration.ofMinutes(1), progress -> {});

        MovePlan plan =
                rounds.plan(state -> TopicMovePlanner.plan(state, List.of(TopicSelection.parse("a")), List.of(2)));

        assertThat(plan.settled()).isOne();
        assertThatThrownBy(() -> rounds.plan(state -> DrainPlanner.plan(state, 9, List.of())))
                .isInstanceOf(MoveRefusedException.class);
    }

    @Test
    void whatCantBeMovedIsSaidByTheLastPlan() throws IOException {
        cluster.with("a", 0, 1, 2, 3).with("b", 0, 1);

        MoveRounds.Done done = drain(Duration.ofMinutes(1));

        assertThat(done.plan().blocked())
                .extracting(MovePlan.Blocked::partition)
                .containsExactly(partition("a", 0));
        assertThat(done.plan().moves()).extracting(Move::partition).containsExactly(partition("b", 0));
    }
}
