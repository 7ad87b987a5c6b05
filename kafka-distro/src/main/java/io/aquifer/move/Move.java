package io.aquifer.move;

import java.util.List;
import org.apache.kafka.common.TopicPartition;

/**
 * A partition that is to have other replicas.
 *
 * @param from its replicas before, in the order of the assignment
 * @param to its replicas afterwards
 * @param begun whether the reassignment is under way already
 */
public record Move(TopicPartition partition, List<Integer> from, List<Integer> to, boolean begun) {

    /** One that hasn't begun. */
    static Move of(PartitionState state, List<Integer> to) {
        return new Move(state.partition(), state.replicas(), to, false);
    }

    /** What is under way with a partition. */
    static Move begun(PartitionState state) {
        return new Move(state.partition(), state.origin(), state.target(), true);
    }
}
