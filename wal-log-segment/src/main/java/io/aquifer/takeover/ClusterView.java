package io.aquifer.takeover;

import io.aquifer.format.LogIncarnation;
import io.aquifer.rebuild.KafkaIds;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.TopicImage;
import org.apache.kafka.metadata.BrokerRegistration;
import org.apache.kafka.metadata.LeaderConstants;
import org.apache.kafka.metadata.PartitionRegistration;
import org.apache.kafka.metadata.Replicas;

/** What a broker's image of the cluster's metadata says of the things that a takeover asks for. */
final class ClusterView {

    private final MetadataImage image;

    ClusterView(MetadataImage image) {
        this.image = image;
    }

    /** Offset of the metadata up to which the image has them. */
    long offset() {
        return image.offset();
    }

    private Optional<BrokerRegistration> registration(int broker) {
        return Optional.ofNullable(image.cluster().broker(broker));
    }

    private Optional<BrokerRegistration> serving(int broker) {
        return registration(broker).filter(registration -> !registration.fenced());
    }

    /** Whether a broker is in the cluster and serves. */
    boolean isAlive(int broker) {
        return serving(broker).isPresent();
    }

    /** The partitions that a broker leads and nobody else has a replica of, those included that it is about to get or to lose. */
    Set<TopicPartition> heldAlone(int broker) {
        Set<TopicPartition> held = new HashSet<>();
        for (TopicImage topic : image.topics().topicsById().values()) {
            topic.partitions().forEach((number, partition) -> {
                if (partition.leader == broker
                        && IntStream.of(partition.replicas)
                                .allMatch(replica ->
                                        replica == broker || Replicas.contains(partition.addingReplicas, replica))) {
                    held.add(new TopicPartition(topic.name(), number));
                }
            });
        }
        return held;
    }

    /** Whether the replicas of a partition are being changed. */
    boolean isMoving(TopicPartition partition) {
        TopicImage topic = image.topics().getTopic(partition.topic());
        PartitionRegistration registration =
                topic == null ? null : topic.partitions().get(partition.partition());
        return registration != null && registration.addingReplicas.length + registration.removingReplicas.length > 0;
    }

    /** The brokers that partitions may be given to. */
    List<Integer> willing() {
        return image.cluster().brokers().keySet().stream()
                .filter(this::isWilling)
                .sorted()
                .toList();
    }

    /** Whether partitions may be given to a broker. */
    boolean isWilling(int broker) {
        return serving(broker)
                .filter(registration -> !registration.inControlledShutdown())
                .isPresent();
    }

    /** Of those that are alive, the one that drives takeovers: all agree on it whose images do. */
    OptionalInt driver(Set<Integer> owners) {
        return owners.stream().filter(this::isAlive).mapToInt(owner -> owner).min();
    }

    Optional<String> rack(int broker) {
        return registration(broker).flatMap(BrokerRegistration::rack);
    }

    /** How many partitions each broker leads. */
    Map<Integer, Integer> leaderships() {
        Map<Integer, Integer> leaderships = new HashMap<>();
        for (TopicImage topic : image.topics().topicsById().values()) {
            for (PartitionRegistration partition : topic.partitions().values()) {
                leaderships.merge(partition.leader, 1, Integer::sum);
            }
        }
        return leaderships;
    }

    /** The brokers that are away, and have partitions for which the cluster waits for nobody else. */
    Set<Integer> missed() {
        Set<Integer> missed = new TreeSet<>();
        for (TopicImage topic : image.topics().topicsById().values()) {
            for (PartitionRegistration partition : topic.partitions().values()) {
                Set<Integer> awaited = awaited(partition);
                if (partition.leader == LeaderConstants.NO_LEADER
                        && awaited.stream().noneMatch(this::isAlive)) {
                    missed.addAll(awaited);
                }
            }
        }
        return missed;
    }

    /** Those of which any may have all that was acknowledged. */
    private static Set<Integer> awaited(PartitionRegistration partition) {
        Set<Integer> awaited = new TreeSet<>();
        for (int[] replicas : new int[][] {partition.isr, partition.elr, partition.lastKnownElr}) {
            IntStream.of(replicas).forEach(awaited::add);
        }
        return awaited;
    }

    private Optional<PartitionRegistration> partition(LogIncarnation log) {
        return Optional.ofNullable(image.topics().getPartition(KafkaIds.toKafka(log.topicId()), log.partition()));
    }

    /** The partition's name, or nothing when its topic is gone, or isn't known yet. */
    Optional<TopicPartition> name(LogIncarnation log) {
        TopicImage topic = image.topics().getTopic(KafkaIds.toKafka(log.topicId()));
        return topic == null ? Optional.empty() : Optional.of(new TopicPartition(topic.name(), log.partition()));
    }

    /** Whether a partition has no leader and waits only for brokers whose WALs are taken over. */
    boolean isStranded(LogIncarnation log, Set<Integer> taken) {
        return partition(log)
                .filter(partition -> partition.leader == LeaderConstants.NO_LEADER)
                .map(ClusterView::awaited)
                .filter(awaited -> !awaited.isEmpty() && taken.containsAll(awaited))
                .isPresent();
    }

    /** Whether a broker has a replica of a partition. */
    boolean isReplica(LogIncarnation log, int broker) {
        return partition(log)
                .filter(partition -> Replicas.contains(partition.replicas, broker))
                .isPresent();
    }

    /** Whether a broker leads a partition. */
    boolean isLeader(LogIncarnation log, int broker) {
        return partition(log).filter(partition -> partition.leader == broker).isPresent();
    }

    /** Whether a partition has a leader, and neither of two brokers has to do with it any more; or isn't there. */
    boolean isHandedOver(LogIncarnation log, int one, int other) {
        return partition(log)
                .map(partition -> partition.leader != LeaderConstants.NO_LEADER
                        && !Replicas.contains(partition.replicas, one)
                        && !Replicas.contains(partition.replicas, other))
                .orElse(true);
    }
}
