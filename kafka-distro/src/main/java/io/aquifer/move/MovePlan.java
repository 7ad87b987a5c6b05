package io.aquifer.move;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;

/**
 * What is to be moved.
 *
 * @param blocked partitions that were to be moved and can't be
 * @param settled number of partitions that are where they are to be
 */
public record MovePlan(List<Move> moves, List<Blocked> blocked, int settled) {

    /** Those that are moved, and those that can't be. */
    Set<TopicPartition> partitions() {
        return Stream.concat(
                        moves.stream().map(Move::partition), blocked.stream().map(Blocked::partition))
                .collect(Collectors.toSet());
    }

    /**
     * A partition that can't be moved.
     *
     * @param why a sentence about it, without its name
     */
    public record Blocked(TopicPartition partition, List<Integer> replicas, String why) {

        static Blocked of(PartitionState state, String why) {
            return new Blocked(state.partition(), state.replicas(), why);
        }

        /** Of a partition that a reassignment takes elsewhere. */
        static Blocked reassigning(PartitionState state) {
            return of(
                    state,
                    "A reassignment to " + state.target()
                            + " is under way, which is left alone. Wait for it, or cancel it"
                            + " with kafka-reassign-partitions.sh --cancel");
        }

        /** Of a partition whose records nobody could copy. */
        static Blocked leaderless(PartitionState state) {
            return of(
                    state,
                    "It has no leader: its replicas are on " + state.replicas()
                            + ". Where such a broker doesn't run, start it, or see aquifer broker takeover");
        }
    }

    /** Collects a plan. Used by one thread. */
    static final class Builder {

        private final List<Move> moves = new ArrayList<>();
        private final List<Blocked> blocked = new ArrayList<>();
        private int settled;

        void add(Move move) {
            moves.add(move);
        }

        void add(Blocked partition) {
            blocked.add(partition);
        }

        void addSettled() {
            settled++;
        }

        MovePlan build() {
            return new MovePlan(List.copyOf(moves), List.copyOf(blocked), settled);
        }
    }
}
