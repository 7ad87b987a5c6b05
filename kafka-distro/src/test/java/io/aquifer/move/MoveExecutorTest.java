package io.aquifer.move;

import static io.aquifer.move.FakeCluster.partition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.move.MoveResult.State;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Moves are seen through, as many at a time as may be, and nobody else's reassignment is overwritten. */
class MoveExecutorTest {

    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private final FakeCluster cluster = new FakeCluster().withBrokers(1, 2, 3);
    private final List<Move> moves = new ArrayList<>();
    private final List<MoveProgress> progress = new ArrayList<>();

    private void toBeMoved(String topic, int number) {
        cluster.with(topic, number, 1);
        moves.add(new Move(partition(topic, number), List.of(1), List.of(2), false));
    }

    private MoveOutcome run(int concurrency, Duration timeout) throws IOException {
        return new MoveExecutor(cluster, cluster, moves, concurrency, timeout, progress::add).run();
    }

    private MoveResult runOne() throws IOException {
        return run(1, TIMEOUT).results().get(0);
    }

    @Test
    void allAreMovedAndNoMoreAtATimeThanMayBe() throws IOException {
        for (int number = 0; number < 10; number++) {
            toBeMoved("a", number);
        }

        MoveOutcome outcome = run(3, TIMEOUT);

        assertThat(outcome.count(State.MOVED)).isEqualTo(10);
        assertThat(outcome.results()).extracting(MoveResult::move).isEqualTo(moves);
        assertThat(outcome.time()).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(6));
        assertThat(cluster.mostUnderWay()).isEqualTo(3);
        assertThat(cluster.partitions.values()).allMatch(state -> state.isSettledOn(List.of(2)));
        assertThat(progress.get(progress.size() - 1)).isEqualTo(new MoveProgress(10, 10, 0, 0, outcome.time()));
        assertThat(progress).allMatch(each -> each.underWay() <= 3);
    }

    @Test
    void withNothingToMoveTheClusterIsNotAsked() throws IOException {
        cluster.silent = true;

        assertThat(run(1, TIMEOUT).results()).isEmpty();
    }

    @Test
    void whatKafkaRefusesFailsWithItsWordsAndTheOthersAreMoved() throws IOException {
        toBeMoved("a", 0);
        toBeMoved("a", 1);
        cluster.refusals.put(partition("a", 0), new Refusal(false, "ClusterAuthorizationException: not you"));

        MoveOutcome outcome = run(5, TIMEOUT);

        assertThat(outcome.results())
                .containsExactly(
                        new MoveResult(moves.get(0), State.FAILED, "ClusterAuthorizationException: not you"),
                        new MoveResult(moves.get(1), State.MOVED, null));
    }

    @Test
    void whenTheTimeIsUpWhatWasBegunGoesOn() throws IOException {
        for (int number = 0; number < 3; number++) {
            toBeMoved("a", number);
        }
        cluster.takes = FakeCluster.NEVER;

        MoveOutcome outcome = run(2, Duration.ofSeconds(30));

        assertThat(outcome.results())
                .extracting(MoveResult::state)
                .containsExactly(State.UNDER_WAY, State.UNDER_WAY, State.NOT_BEGUN);
        assertThat(outcome.time()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(31));
        assertThat(cluster.get("a", 0).target()).containsExactly(2);
        assertThat(cluster.get("a", 2).reassigning()).isFalse();
    }

    @Test
    void aPartitionIsMovedOnlyWhenItHasALeader() throws IOException {
        toBeMoved("a", 0);
        cluster.withLeader(OptionalInt.empty(), "a", 0, 2);
        cluster.meanwhile(() -> cluster.with("a", 0, 2));

        assertThat(runOne().state()).isEqualTo(State.MOVED);
        assertThat(progress).hasSizeGreaterThan(1);
        assertThat(cluster.requests).isEmpty();
    }

    @Test
    void theSameReassignmentIsAwaitedAndNotAskedForAgain() throws IOException {
        toBeMoved("a", 0);
        cluster.reassign("a", 0, 2);

        assertThat(runOne().state()).isEqualTo(State.MOVED);
        assertThat(cluster.requests).isEmpty();
    }

    @Test
    void somebodyElsesReassignmentIsLeftAlone() throws IOException {
        toBeMoved("a", 0);
        cluster.reassign("a", 0, 3);

        MoveResult result = runOne();

        assertThat(result.state()).isEqualTo(State.FAILED);
        assertThat(result.problem()).contains("Somebody else's reassignment, to [3], is under way");
        assertThat(cluster.requests).isEmpty();
    }

    @Test
    void whoeverTakesAPartitionElsewhereMeanwhileHasIt() throws IOException {
        toBeMoved("a", 0);
        cluster.takes = FakeCluster.NEVER;
        cluster.meanwhile(() -> cluster.reassign("a", 0, 3));

        assertThat(runOne().problem()).contains("to [3], has taken the place of this one");
        assertThat(cluster.requests).hasSize(1);
    }

    @Test
    void aPartitionThatIsElsewhereThanPlannedStaysThere() throws IOException {
        toBeMoved("a", 0);
        cluster.with("a", 0, 3);

        MoveResult result = runOne();

        assertThat(result.state()).isEqualTo(State.OUTDATED);
        assertThat(result.problem())
                .contains("isn't as it was when this was planned")
                .contains("[3]");
        assertThat(cluster.requests).isEmpty();
    }

    @Test
    void whatIsCancelledFailsAfterAWhile() throws IOException {
        toBeMoved("a", 0);
        cluster.takes = FakeCluster.NEVER;
        cluster.meanwhile(() -> cluster.cancel("a", 0));

        MoveOutcome outcome = run(1, TIMEOUT);

        assertThat(outcome.results().get(0).problem()).contains("was cancelled").contains("[1]");
        assertThat(outcome.time()).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void metadataThatLagsBehindIsNoCancellation() throws IOException {
        toBeMoved("a", 0);
        cluster.takes = FakeCluster.NEVER;
        cluster.meanwhile(() -> {
            cluster.cancel("a", 0);
            cluster.meanwhile(() -> cluster.with("a", 0, 2));
        });

        assertThat(runOne().state()).isEqualTo(State.MOVED);
    }

    @Test
    void aTopicThatIsDeletedFails() throws IOException {
        toBeMoved("a", 0);
        toBeMoved("b", 0);
        cluster.takes = FakeCluster.NEVER;
        cluster.meanwhile(() -> cluster.partitions.clear());

        MoveOutcome outcome = run(1, TIMEOUT);

        assertThat(outcome.results())
                .extracting(MoveResult::problem)
                .containsExactly("It doesn't exist any more", "It doesn't exist any more");
    }

    @Test
    void aClusterThatStopsAnsweringIsNamedAlongWithWhatGoesOn() {
        toBeMoved("a", 0);
        cluster.meanwhile(() -> cluster.silent = true);

        assertThatThrownBy(() -> run(1, TIMEOUT))
                .isInstanceOf(ClusterRequestException.class)
                .hasMessage("The cluster doesn't answer. 1 reassignments that were begun go on");
    }
}
