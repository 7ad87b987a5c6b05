package io.aquifer.move;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Plans that a broker is left without replicas. */
public final class DrainPlanner {

    private DrainPlanner() {}

    /**
     * Replaces each replica on a broker by one on another, in its place in the assignment; the other replicas stay.
     *
     * @param leaving id of the broker to be emptied
     * @param to ids of the brokers that may get replicas; empty for all that are alive and aren't cordoned
     * @throws MoveRefusedException if the broker isn't alive, or one of those that may get replicas isn't, or nobody may
     */
    public static MovePlan plan(ClusterState cluster, int leaving, List<Integer> to) throws MoveRefusedException {
        if (cluster.broker(leaving).isEmpty()) {
            throw new MoveRefusedException("Broker " + leaving + " isn't alive, so that nothing can be copied from it. "
                    + cluster.whoIsAlive() + " Start it, or let the others take it over: aquifer broker takeover "
                    + leaving);
        }
        BrokerChoice choice = new BrokerChoice(cluster, candidates(cluster, leaving, to));
        MovePlan.Builder plan = new MovePlan.Builder();
        for (PartitionState partition : cluster.partitions()) {
            if (partition.replicas().contains(leaving)) {
                plan(partition, leaving, choice, plan);
            }
        }
        return plan.build();
    }

    private static List<Broker> candidates(ClusterState cluster, int leaving, List<Integer> to)
            throws MoveRefusedException {
        if (to.contains(leaving)) {
            throw new MoveRefusedException("Broker " + leaving + " can't be emptied and get partitions.");
        }
        List<Broker> others = to.isEmpty()
                ? cluster.brokers().stream()
                        .filter(broker -> broker.id() != leaving && !broker.cordoned())
                        .toList()
                : cluster.alive(to);
        if (others.isEmpty()) {
            throw new MoveRefusedException("No other broker can get the partitions of broker " + leaving + ". "
                    + cluster.whoIsAlive() + " Those whose log directories are all cordoned get partitions only if --to"
                    + " names them.");
        }
        return others;
    }

    private static void plan(PartitionState partition, int leaving, BrokerChoice choice, MovePlan.Builder plan) {
        if (partition.reassigning()) {
            if (partition.target().contains(leaving)) {
                plan.add(MovePlan.Blocked.reassigning(partition));
            } else {
                plan.add(Move.begun(partition));
            }
            return;
        }
        if (partition.leader().isEmpty()) {
            plan.add(MovePlan.Blocked.leaderless(partition));
            return;
        }
        Optional<Broker> chosen = choice.choose(partition, leaving);
        if (chosen.isPresent()) {
            List<Integer> replicas = new ArrayList<>(partition.replicas());
            Collections.replaceAll(replicas, leaving, chosen.get().id());
            plan.add(Move.of(partition, List.copyOf(replicas)));
        } else {
            plan.add(MovePlan.Blocked.of(
                    partition,
                    "Its " + partition.replicas().size() + " replicas are on " + partition.replicas()
                            + ", and no broker without one can get another. Add a broker, or lower its replication factor"
                            + " with kafka-reassign-partitions.sh"));
        }
    }
}
