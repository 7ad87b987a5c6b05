package io.aquifer.move;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterPartitionReassignmentsOptions;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsResult;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.PartitionReassignment;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** A cluster, by way of Kafka's Admin client. It repeats what fails for a while, {@code default.api.timeout.ms} at most. */
public final class KafkaCluster implements ClusterAdmin, LoadSource, AutoCloseable {

    /** Those that commit offsets. */
    private static final Set<GroupType> CONSUMING = Set.of(GroupType.CLASSIC, GroupType.CONSUMER, GroupType.STREAMS);

    private static final Comparator<TopicPartition> BY_TOPIC =
            Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition);

    private final Admin admin;

    private KafkaCluster(Admin admin) {
        this.admin = admin;
    }

    /**
     * Makes the client, which connects when it is first asked something.
     *
     * @param bootstrapServers brokers to begin with, HOST:PORT separated by commas
     * @param settings of an Admin client, such as those of its security
     * @throws ClusterRequestException if the settings or addresses are none
     */
    public static KafkaCluster connect(String bootstrapServers, Properties settings) throws ClusterRequestException {
        Properties all = new Properties();
        all.putAll(settings);
        all.setProperty(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        try {
            return new KafkaCluster(Admin.create(all));
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new ClusterRequestException("No client of " + bootstrapServers + " can be made: " + cause, e);
        }
    }

    @Override
    public List<Broker> brokers() throws ClusterRequestException {
        Collection<Node> nodes =
                answer("say which brokers there are", admin.describeCluster().nodes());
        Map<Integer, Map<String, LogDirDescription>> directories =
                logDirs(nodes.stream().map(Node::id).toList());
        return nodes.stream()
                .map(node -> new Broker(
                        node.id(),
                        Optional.ofNullable(node.rack()),
                        isCordoned(directories.getOrDefault(node.id(), Map.of()).values())))
                .sorted(Comparator.comparing(Broker::id))
                .toList();
    }

    private static boolean isCordoned(Collection<LogDirDescription> directories) {
        List<LogDirDescription> online = directories.stream()
                .filter(directory -> directory.error() == null)
                .toList();
        return !online.isEmpty() && online.stream().allMatch(LogDirDescription::isCordoned);
    }

    private Map<Integer, Map<String, LogDirDescription>> logDirs(Collection<Integer> brokers)
            throws ClusterRequestException {
        Map<Integer, Map<String, LogDirDescription>> directories = new HashMap<>();
        for (Map.Entry<Integer, KafkaFuture<Map<String, LogDirDescription>>> broker :
                admin.describeLogDirs(brokers).descriptions().entrySet()) {
            directories.put(
                    broker.getKey(),
                    answer("say what broker " + broker.getKey() + " has in its log directories", broker.getValue()));
        }
        return directories;
    }

    @Override
    public Set<String> topics() throws ClusterRequestException {
        return answer(
                "say which topics there are",
                admin.listTopics(new ListTopicsOptions().listInternal(true)).names());
    }

    @Override
    public List<PartitionState> partitions(Set<String> topics) throws ClusterRequestException {
        if (topics.isEmpty()) {
            return List.of();
        }
        Map<TopicPartition, PartitionReassignment> reassignments = answer(
                "say what is being reassigned",
                admin.listPartitionReassignments().reassignments());
        List<PartitionState> states = new ArrayList<>();
        for (KafkaFuture<TopicDescription> future :
                admin.describeTopics(topics).topicNameValues().values()) {
            TopicDescription topic = describedUnlessDeleted(future);
            if (topic != null) {
                topic.partitions().forEach(partition -> {
                    TopicPartition id = new TopicPartition(topic.name(), partition.partition());
                    states.add(state(id, partition, reassignments.get(id)));
                });
            }
        }
        states.sort(Comparator.comparing(PartitionState::partition, BY_TOPIC));
        return states;
    }

    private static @Nullable TopicDescription describedUnlessDeleted(KafkaFuture<TopicDescription> future)
            throws ClusterRequestException {
        try {
            return answer("describe its topics", future);
        } catch (ClusterRequestException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return null;
            }
            throw e;
        }
    }

    private static PartitionState state(
            TopicPartition id, TopicPartitionInfo partition, @Nullable PartitionReassignment reassignment) {
        Node leader = partition.leader();
        OptionalInt leaderId = leader == null || leader.isEmpty() ? OptionalInt.empty() : OptionalInt.of(leader.id());
        if (reassignment == null) {
            List<Integer> replicas = partition.replicas().stream().map(Node::id).toList();
            return new PartitionState(id, replicas, List.of(), List.of(), leaderId);
        }
        return new PartitionState(
                id, reassignment.replicas(), reassignment.addingReplicas(), reassignment.removingReplicas(), leaderId);
    }

    @Override
    public Map<TopicPartition, Refusal> reassign(Map<TopicPartition, List<Integer>> targets)
            throws ClusterRequestException {
        Map<TopicPartition, Optional<NewPartitionReassignment>> request = new HashMap<>();
        targets.forEach(
                (partition, replicas) -> request.put(partition, Optional.of(new NewPartitionReassignment(replicas))));
        Map<TopicPartition, Refusal> refusals = new HashMap<>();
        for (Map.Entry<TopicPartition, KafkaFuture<Void>> partition : admin.alterPartitionReassignments(
                        request, new AlterPartitionReassignmentsOptions().allowReplicationFactorChange(false))
                .values()
                .entrySet()) {
            try {
                Void unused = answer("reassign", partition.getValue());
            } catch (ClusterRequestException e) {
                refusals.put(
                        partition.getKey(),
                        new Refusal(
                                e.getCause() instanceof InvalidReplicationFactorException,
                                String.valueOf(e.getCause())));
            }
        }
        return refusals;
    }

    @Override
    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) throws ClusterRequestException {
        return offsets(partitions, OffsetSpec.latest());
    }

    @Override
    public Map<TopicPartition, Long> localStartOffsets(Collection<TopicPartition> partitions)
            throws ClusterRequestException {
        return offsets(partitions, OffsetSpec.earliestLocal());
    }

    private Map<TopicPartition, Long> offsets(Collection<TopicPartition> partitions, OffsetSpec which)
            throws ClusterRequestException {
        ListOffsetsResult result = admin.listOffsets(
                partitions.stream().collect(Collectors.toMap(Function.identity(), partition -> which)));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (TopicPartition partition : partitions) {
            answerIfAny(result.partitionResult(partition)).ifPresent(found -> offsets.put(partition, found.offset()));
        }
        return offsets;
    }

    @Override
    public Map<String, Map<TopicPartition, Long>> committedOffsets() throws ClusterRequestException {
        Collection<GroupListing> groups = answer(
                "say which groups there are",
                admin.listGroups(new ListGroupsOptions().withTypes(CONSUMING)).valid());
        if (groups.isEmpty()) {
            return Map.of();
        }
        Map<String, ListConsumerGroupOffsetsSpec> request = groups.stream()
                .collect(Collectors.toMap(GroupListing::groupId, group -> new ListConsumerGroupOffsetsSpec()));
        ListConsumerGroupOffsetsResult result = admin.listConsumerGroupOffsets(request);
        Map<String, Map<TopicPartition, Long>> committed = new HashMap<>();
        for (String group : request.keySet()) {
            answerIfAny(result.partitionsToOffsetAndMetadata(group))
                    .ifPresent(offsets -> committed.put(group, committedOf(offsets)));
        }
        return committed;
    }

    /** Of partitions with nothing committed the client says null. */
    private static Map<TopicPartition, Long> committedOf(Map<TopicPartition, OffsetAndMetadata> offsets) {
        Map<TopicPartition, Long> committed = new HashMap<>();
        offsets.forEach((partition, offset) -> {
            if (offset != null) {
                committed.put(partition, offset.offset());
            }
        });
        return committed;
    }

    @Override
    public Map<Integer, Map<TopicPartition, Long>> localSizes(Collection<Integer> brokers)
            throws ClusterRequestException {
        Map<Integer, Map<TopicPartition, Long>> sizes = new HashMap<>();
        logDirs(brokers).forEach((broker, directories) -> {
            Map<TopicPartition, Long> ofBroker = new HashMap<>();
            directories
                    .values()
                    .forEach(directory -> directory.replicaInfos().forEach((partition, replica) -> {
                        if (!replica.isFuture()) {
                            ofBroker.put(partition, replica.size());
                        }
                    }));
            sizes.put(broker, ofBroker);
        });
        return sizes;
    }

    /** Waits for an answer. What keeps the cluster from giving it is the cause of what is thrown. */
    private static <T> T answer(String what, KafkaFuture<T> future) throws ClusterRequestException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new ClusterRequestException("The cluster doesn't " + what + ": " + cause, cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterRequestException("Interrupted before the cluster could " + what, e);
        }
    }

    /** As above, where one answer of many may be missing. */
    private static <T> Optional<T> answerIfAny(KafkaFuture<T> future) throws ClusterRequestException {
        try {
            return Optional.of(answer("answer", future));
        } catch (ClusterRequestException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw e;
            }
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
