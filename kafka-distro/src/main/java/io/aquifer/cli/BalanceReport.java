package io.aquifer.cli;

import io.aquifer.move.BalanceMove;
import io.aquifer.move.BalancePlan;
import io.aquifer.move.BalancePlan.BrokerLoad;
import io.aquifer.move.Load;
import io.aquifer.move.Measure;
import io.aquifer.move.MoveOutcome;
import io.aquifer.move.MoveResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What `aquifer cluster balance` answers.
 *
 * @param executed whether the moves were made, and not only proposed
 * @param millis how long that took, null if they weren't made
 * @param windowSeconds how long was measured
 * @param movable number of partitions that could be moved
 * @param leaderless number of partitions that count for no broker, since they have no leader
 */
record BalanceReport(
        boolean executed,
        @Nullable Long millis,
        long windowSeconds,
        int movable,
        int leaderless,
        List<Broker> brokers,
        List<Partition> moves) {

    /**
     * A broker.
     *
     * @param rack null if it is in none
     * @param before what it carried when it was measured
     * @param after what it carries after all moves
     */
    record Broker(int nodeId, @Nullable String rack, boolean cordoned, Carried before, Carried after) {

        private static Broker of(BrokerLoad load) {
            return new Broker(
                    load.broker().id(),
                    load.broker().rack().orElse(null),
                    load.broker().cordoned(),
                    Carried.of(load.before()),
                    Carried.of(load.after()));
        }
    }

    /**
     * What a broker carries.
     *
     * @param produced bytes a second
     * @param consumed bytes a second
     * @param partitions number of replicas
     */
    record Carried(long produced, long consumed, long partitions) {

        private static Carried of(Load load) {
            return new Carried(Math.round(load.produced()), Math.round(load.consumed()), Math.round(load.partitions()));
        }
    }

    /**
     * A partition to be moved.
     *
     * @param produced bytes a second
     * @param consumed bytes a second
     * @param relieved the measure by which it helps most
     * @param fromShare how many times the mean of that the broker has that it leaves, after the moves before
     * @param toShare as above, of the broker that gets it
     * @param problem why it failed, null elsewhere
     */
    record Partition(
            String topic,
            int partition,
            int from,
            int to,
            long produced,
            long consumed,
            Measure relieved,
            double fromShare,
            double toShare,
            MoveReport.State state,
            @Nullable String problem) {

        private static Partition of(BalanceMove move, MoveReport.State state, @Nullable String problem) {
            return new Partition(
                    move.partition().topic(),
                    move.partition().partition(),
                    move.from(),
                    move.to(),
                    Math.round(move.load().produced()),
                    Math.round(move.load().consumed()),
                    move.relieved(),
                    move.fromShare(),
                    move.toShare(),
                    state,
                    problem);
        }
    }

    /** @param outcome of the plan's moves in their order, null if they weren't made */
    static BalanceReport of(BalancePlan plan, long windowSeconds, @Nullable MoveOutcome outcome) {
        List<Partition> moves = new ArrayList<>();
        for (int i = 0; i < plan.moves().size(); i++) {
            BalanceMove move = plan.moves().get(i);
            if (outcome == null) {
                moves.add(Partition.of(move, MoveReport.State.PLANNED, null));
            } else {
                MoveResult result = outcome.results().get(i);
                moves.add(Partition.of(move, MoveReport.State.of(result), result.problem()));
            }
        }
        return new BalanceReport(
                outcome != null,
                outcome == null ? null : outcome.time().toMillis(),
                windowSeconds,
                plan.movable(),
                plan.leaderless(),
                plan.brokers().stream().map(Broker::of).toList(),
                moves);
    }

    /** Whether moves were to be made and weren't. */
    boolean incomplete() {
        return executed && moves.stream().anyMatch(move -> move.state() != MoveReport.State.MOVED);
    }
}
