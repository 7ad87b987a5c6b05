package io.aquifer.move;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Plans moves of partitions that the operator names, of topics at replication factor 1, to brokers that the operator names. */
public final class TopicMovePlanner {

    private TopicMovePlanner() {}

    /**
     * Spreads the partitions over the brokers; those that are on one of them already stay there.
     *
     * @param to ids of brokers
     * @throws MoveRefusedException if a broker isn't alive, a partition doesn't exist, or has more than one replica
     */
    public static MovePlan plan(ClusterState cluster, List<TopicSelection> selections, List<Integer> to)
            throws MoveRefusedException {
        List<Broker> targets = cluster.alive(to);
        BrokerChoice choice = new BrokerChoice(cluster, targets);
        MovePlan.Builder plan = new MovePlan.Builder();
        for (PartitionState partition : selected(cluster, selections)) {
            plan(partition, to, choice, plan);
        }
        return plan.build();
    }

    private static void plan(PartitionState partition, List<Integer> to, BrokerChoice choice, MovePlan.Builder plan) {
        boolean arriving = to.containsAll(partition.target());
        if (partition.reassigning() && arriving) {
            plan.add(Move.begun(partition));
        } else if (partition.reassigning()) {
            plan.add(MovePlan.Blocked.reassigning(partition));
        } else if (arriving) {
            plan.addSettled();
        } else if (partition.leader().isEmpty()) {
            plan.add(MovePlan.Blocked.leaderless(partition));
        } else {
            Optional<Broker> chosen =
                    choice.choose(partition, partition.replicas().get(0));
            chosen.ifPresent(broker -> plan.add(Move.of(partition, List.of(broker.id()))));
        }
    }

    private static List<PartitionState> selected(ClusterState cluster, List<TopicSelection> selections)
            throws MoveRefusedException {
        SortedMap<String, SortedMap<Integer, PartitionState>> topics = new TreeMap<>();
        for (PartitionState state : cluster.partitions()) {
            topics.computeIfAbsent(state.partition().topic(), topic -> new TreeMap<>())
                    .put(state.partition().partition(), state);
        }
        SortedMap<String, SortedMap<Integer, PartitionState>> selected = new TreeMap<>();
        for (TopicSelection selection : selections) {
            SortedMap<Integer, PartitionState> partitions = topics.get(selection.topic());
            if (partitions == null) {
                throw new MoveRefusedException("There is no topic '" + selection.topic() + "'.");
            }
            requireThere(selection, partitions);
            partitions.forEach((number, state) -> {
                if (selection.selects(number)) {
                    selected.computeIfAbsent(selection.topic(), topic -> new TreeMap<>())
                            .put(number, state);
                }
            });
        }
        List<PartitionState> states = selected.values().stream()
                .flatMap(partitions -> partitions.values().stream())
                .toList();
        for (PartitionState state : states) {
            requireSingleReplica(state);
        }
        return states;
    }

    private static void requireThere(TopicSelection selection, SortedMap<Integer, PartitionState> partitions)
            throws MoveRefusedException {
        SortedSet<Integer> missing = new TreeSet<>(selection.partitions());
        missing.removeAll(partitions.keySet());
        if (!missing.isEmpty()) {
            throw new MoveRefusedException("Topic '" + selection.topic() + "' has no partition " + missing.first()
                    + ": it has " + partitions.size() + ", numbered from 0.");
        }
    }

    private static void requireSingleReplica(PartitionState state) throws MoveRefusedException {
        int replicationFactor = state.target().size();
        if (replicationFactor > 1) {
            throw new MoveRefusedException("Topic '" + state.partition().topic() + "' has replication factor "
                    + replicationFactor + ": its replicas are on " + state.target()
                    + ", and --to doesn't say which of them is to go. Use kafka-reassign-partitions.sh, or aquifer broker"
                    + " drain, which replaces only the replica on the broker that is drained.");
        }
    }
}
