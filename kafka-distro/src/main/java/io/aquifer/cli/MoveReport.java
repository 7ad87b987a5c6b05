package io.aquifer.cli;

import io.aquifer.move.Move;
import io.aquifer.move.MoveOutcome;
import io.aquifer.move.MovePlan;
import io.aquifer.move.MoveResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What `aquifer topic move` and `aquifer broker drain` answer.
 *
 * @param executed whether anything was moved, and not only planned
 * @param millis how long it took, null if nothing was moved
 * @param settled number of partitions that were where they are to be
 */
record MoveReport(boolean executed, @Nullable Long millis, int settled, List<Partition> partitions) {

    /** How far a partition got. */
    enum State {
        PLANNED,
        MOVED,
        UNDER_WAY,
        NOT_BEGUN,
        FAILED,
        BLOCKED;

        static State of(MoveResult result) {
            return switch (result.state()) {
                case MOVED -> MOVED;
                case UNDER_WAY -> UNDER_WAY;
                case NOT_BEGUN -> NOT_BEGUN;
                case FAILED, OUTDATED -> FAILED;
            };
        }

        String inWords() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /**
     * A partition that was to be moved.
     *
     * @param from its replicas before
     * @param to its replicas afterwards, null if it can't be moved
     * @param problem a sentence, null where there is none
     */
    record Partition(
            String topic,
            int partition,
            List<Integer> from,
            @Nullable List<Integer> to,
            State state,
            @Nullable String problem) {

        private static Partition of(Move move, State state, @Nullable String problem) {
            TopicPartition id = move.partition();
            return new Partition(id.topic(), id.partition(), move.from(), move.to(), state, problem);
        }

        private static Partition of(MovePlan.Blocked blocked) {
            TopicPartition id = blocked.partition();
            return new Partition(id.topic(), id.partition(), blocked.replicas(), null, State.BLOCKED, blocked.why());
        }

        String name() {
            return topic + "-" + partition;
        }
    }

    /** @param outcome null if nothing was moved */
    static MoveReport of(MovePlan plan, @Nullable MoveOutcome outcome) {
        List<Partition> partitions = new ArrayList<>();
        if (outcome == null) {
            plan.moves()
                    .forEach(move ->
                            partitions.add(Partition.of(move, move.begun() ? State.UNDER_WAY : State.PLANNED, null)));
        } else {
            outcome.results()
                    .forEach(result -> partitions.add(Partition.of(result.move(), State.of(result), result.problem())));
        }
        plan.blocked().forEach(blocked -> partitions.add(Partition.of(blocked)));
        return new MoveReport(
                outcome != null, outcome == null ? null : outcome.time().toMillis(), plan.settled(), partitions);
    }

    long count(State state) {
        return partitions.stream()
                .filter(partition -> partition.state() == state)
                .count();
    }

    /** Whether partitions aren't where they are to be, though the command has done what it could. */
    boolean incomplete() {
        return count(State.BLOCKED) > 0
                || (executed && partitions.stream().anyMatch(partition -> partition.state() != State.MOVED));
    }
}
