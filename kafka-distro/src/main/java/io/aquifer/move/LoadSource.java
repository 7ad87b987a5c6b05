package io.aquifer.move;

import java.util.Collection;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * What of a cluster's load its Admin API tells. Whatever isn't known of a partition or group is left out of an answer.
 *
 * <p>Every method waits for the answer, and throws {@link ClusterRequestException} where there is none at all.
 */
public interface LoadSource {

    /** The high watermarks. */
    Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) throws ClusterRequestException;

    /** The first offsets that are on the leaders' local disks. */
    Map<TopicPartition, Long> localStartOffsets(Collection<TopicPartition> partitions) throws ClusterRequestException;

    /** What each group has committed. Share groups commit no offsets. */
    Map<String, Map<TopicPartition, Long>> committedOffsets() throws ClusterRequestException;

    /** Bytes of each replica on the local disks of each of these brokers. */
    Map<Integer, Map<TopicPartition, Long>> localSizes(Collection<Integer> brokers) throws ClusterRequestException;
}
