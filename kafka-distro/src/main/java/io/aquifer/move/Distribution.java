package io.aquifer.move;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.kafka.common.TopicPartition;

/**
 * What each broker carries, and which part of it can be moved.
 *
 * @param brokers by id
 * @param fixed by broker: what stays where it is
 * @param movable by topic and number
 * @param leaderless number of partitions without a leader that is alive, which count for nobody
 */
record Distribution(List<Broker> brokers, Map<Integer, Load> fixed, List<Movable> movable, int leaderless) {

    /** A partition whose only replica can be moved. */
    record Movable(TopicPartition partition, int broker, Load load) {}

    /** Of partitions that are being reassigned, what counts is where they go, and they stay there. */
    static Distribution of(ClusterState cluster, Map<TopicPartition, Rate> rates) {
        Map<Integer, Load> fixed = new HashMap<>();
        List<Movable> movable = new ArrayList<>();
        int leaderless = 0;
        for (PartitionState partition : cluster.partitions()) {
            Rate rate = rates.getOrDefault(partition.partition(), Rate.NONE);
            OptionalInt leader = partition.leaderToBe();
            if (leader.isEmpty() || cluster.broker(leader.getAsInt()).isEmpty()) {
                leaderless++;
            } else if (partition.replicas().size() == 1) {
                movable.add(new Movable(
                        partition.partition(), leader.getAsInt(), new Load(rate.produced(), rate.consumed(), 1)));
            } else {
                for (int replica : partition.target()) {
                    fixed.merge(
                            replica,
                            new Load(rate.produced(), replica == leader.getAsInt() ? rate.consumed() : 0, 1),
                            Load::plus);
                }
            }
        }
        return new Distribution(cluster.brokers(), fixed, List.copyOf(movable), leaderless);
    }

    /** By broker: all that it carries. */
    Map<Integer, Load> loads() {
        Map<Integer, Load> loads = new HashMap<>();
        brokers.forEach(broker -> loads.put(broker.id(), fixed.getOrDefault(broker.id(), Load.NONE)));
        movable.forEach(partition -> loads.merge(partition.broker(), partition.load(), Load::plus));
        return loads;
    }
}
