package io.aquifer.move;

import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;

/**
 * Where a partition is, and where it is going.
 *
 * @param replicas brokers that have a replica now, in the order of the assignment
 * @param adding those of them that an ongoing reassignment adds
 * @param removing those of them that it removes once the others are in sync
 * @param leader empty where there is none
 */
public record PartitionState(
        TopicPartition partition,
        List<Integer> replicas,
        List<Integer> adding,
        List<Integer> removing,
        OptionalInt leader) {

    /** Whether a reassignment is under way, whoever asked for it. */
    boolean reassigning() {
        return !adding.isEmpty() || !removing.isEmpty();
    }

    /** The replicas once nothing is under way any more. */
    List<Integer> target() {
        return replicas.stream().filter(Predicate.not(removing::contains)).toList();
    }

    /** The replicas from before what is under way. */
    List<Integer> origin() {
        return replicas.stream().filter(Predicate.not(adding::contains)).toList();
    }

    /** Who leads it once nothing is under way any more, as far as that can be told. */
    OptionalInt leaderToBe() {
        List<Integer> target = target();
        if (leader.isEmpty() || target.isEmpty() || target.contains(leader.getAsInt())) {
            return leader;
        }
        return OptionalInt.of(target.get(0));
    }

    /** Whether it has these replicas, nothing is under way, and one of them leads it. */
    boolean isSettledOn(List<Integer> wanted) {
        return !reassigning() && replicas.equals(wanted) && leader.isPresent() && wanted.contains(leader.getAsInt());
    }
}
