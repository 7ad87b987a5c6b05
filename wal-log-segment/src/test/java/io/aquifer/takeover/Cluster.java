package io.aquifer.takeover;

import io.aquifer.format.LogIncarnation;
import io.aquifer.rebuild.KafkaIds;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metadata.PartitionRecord;
import org.apache.kafka.common.metadata.RegisterBrokerRecord;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;

/** The metadata of a cluster with one topic, as the controllers have them. */
final class Cluster {

    static final UUID TOPIC = new UUID(1, 2);
    static final int NOBODY = -1;
    /** Up to where the image has the metadata. */
    static final long OFFSET = 50;

    private final Map<Integer, RegisterBrokerRecord> brokers = new TreeMap<>();
    private final Map<Integer, PartitionRecord> partitions = new TreeMap<>();

    static LogIncarnation log(int partition) {
        return new LogIncarnation(TOPIC, partition, 100 + partition);
    }

    Cluster broker(int node, boolean alive, String rack) {
        brokers.put(
                node,
                new RegisterBrokerRecord()
                        .setBrokerId(node)
                        .setBrokerEpoch(node)
                        .setIncarnationId(new Uuid(9, node))
                        .setRack(rack)
                        .setFenced(!alive));
        return this;
    }

    Cluster alive(int... nodes) {
        for (int node : nodes) {
            broker(node, true, "rack-" + node);
        }
        return this;
    }

    Cluster dead(int... nodes) {
        for (int node : nodes) {
            broker(node, false, "rack-" + node);
        }
        return this;
    }

    /** A partition with one leader, or none, and in-sync replicas. */
    Cluster partition(int partition, int leader, List<Integer> replicas, List<Integer> inSync) {
        partitions.put(
                partition,
                new PartitionRecord()
                        .setTopicId(KafkaIds.toKafka(TOPIC))
                        .setPartitionId(partition)
                        .setReplicas(replicas)
                        .setIsr(inSync)
                        .setLeader(leader)
                        .setDirectories(
                                replicas.stream().map(node -> new Uuid(8, node)).toList()));
        return this;
    }

    /** One that goes from the broker that has it to another. */
    Cluster moving(int partition, int from, int to) {
        partition(partition, from, List.of(from, to), List.of(from));
        partitions.get(partition).setAddingReplicas(List.of(to)).setRemovingReplicas(List.of(from));
        return this;
    }

    /** One that nobody but a broker that is gone has. */
    Cluster stranded(int partition, int node) {
        return partition(partition, NOBODY, List.of(node), List.of(node));
    }

    Cluster led(int partition, int node) {
        return partition(partition, node, List.of(node), List.of(node));
    }

    ClusterView view() {
        return new ClusterView(image());
    }

    MetadataImage image() {
        MetadataDelta delta = new MetadataDelta.Builder().build();
        brokers.values().forEach(delta::replay);
        delta.replay(new TopicRecord().setName("topic").setTopicId(KafkaIds.toKafka(TOPIC)));
        partitions.values().forEach(delta::replay);
        return delta.apply(new MetadataProvenance(OFFSET, 1, 0, true));
    }
}
