package io.aquifer.move;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * What moving partitions takes of a cluster.
 *
 * <p>Every method waits for the answer, and throws {@link ClusterRequestException} where there is none.
 */
public interface ClusterAdmin {

    /** All brokers that are alive and unfenced. */
    List<Broker> brokers() throws ClusterRequestException;

    /** The names of all topics, Kafka's internal ones included. */
    Set<String> topics() throws ClusterRequestException;

    /** All partitions of these topics. Topics that don't exist are left out. */
    List<PartitionState> partitions(Set<String> topics) throws ClusterRequestException;

    /**
     * Begins reassignments, which keep the replication factor.
     *
     * @param targets the replicas that each partition is to have
     * @return why Kafka refused, for each partition that it refused
     */
    Map<TopicPartition, Refusal> reassign(Map<TopicPartition, List<Integer>> targets) throws ClusterRequestException;
}
