package io.aquifer.move;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Chooses who gets a replica that leaves its broker: never one who has a replica already; first of all one in a rack that none of
 * the other replicas is in, for that is what they are for; then whoever leads the fewest partitions, or has the fewest replicas
 * where the one that leaves doesn't lead; and among those one in the rack that it leaves, where its clients are.
 *
 * <p>Used by one thread.
 */
final class BrokerChoice {

    private final ClusterState cluster;
    private final List<Broker> candidates;
    private final Map<Integer, Integer> leaderships = new HashMap<>();
    private final Map<Integer, Integer> replicas = new HashMap<>();

    BrokerChoice(ClusterState cluster, List<Broker> candidates) {
        this.cluster = cluster;
        this.candidates = candidates;
        for (PartitionState partition : cluster.partitions()) {
            partition.leaderToBe().ifPresent(leader -> leaderships.merge(leader, 1, Integer::sum));
            partition.target().forEach(replica -> replicas.merge(replica, 1, Integer::sum));
        }
    }

    /** Who gets the replica that leaves a broker; empty where every candidate has one. It counts as given from now on. */
    Optional<Broker> choose(PartitionState partition, int leaving) {
        boolean leads = partition.leader().equals(OptionalInt.of(leaving));
        Map<Integer, Integer> load = leads ? leaderships : replicas;
        Optional<String> rack = cluster.rack(leaving);
        Optional<Broker> chosen = candidates.stream()
                .filter(candidate -> !partition.replicas().contains(candidate.id()))
                .min(Comparator.comparingLong((Broker candidate) -> replicasInRackOf(candidate, partition, leaving))
                        .thenComparing(candidate -> load.getOrDefault(candidate.id(), 0))
                        .thenComparing(candidate -> !(rack.isPresent() && rack.equals(candidate.rack())))
                        .thenComparing(Broker::id));
        chosen.ifPresent(broker -> {
            count(replicas, leaving, broker);
            if (leads) {
                count(leaderships, leaving, broker);
            }
        });
        return chosen;
    }

    private long replicasInRackOf(Broker candidate, PartitionState partition, int leaving) {
        return partition.replicas().stream()
                .filter(replica -> replica != leaving)
                .filter(replica ->
                        candidate.rack().isPresent() && candidate.rack().equals(cluster.rack(replica)))
                .count();
    }

    private static void count(Map<Integer, Integer> loads, int from, Broker to) {
        loads.merge(from, -1, Integer::sum);
        loads.merge(to.id(), 1, Integer::sum);
    }
}
