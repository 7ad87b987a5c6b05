package io.aquifer.harness;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.ReplicaInfo;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RetriableException;

/** What tests ask of an Admin client, waiting for the answer. */
public final class Topics {

    /** Makes a topic a shared one. Nothing is copied to a remote tier. */
    public static final Map<String, String> SHARED =
            Map.of("remote.storage.enable", "true", "remote.log.copy.disable", "true");

    /** Makes a topic a shared one whose rolled segments are copied to the remote tier and then deleted locally. */
    public static final Map<String, String> TIERED = Map.of(
            "remote.storage.enable", "true",
            "segment.bytes", Integer.toString(1 << 20),
            "local.retention.bytes", "1",
            "file.delete.delay.ms", "1000");

    /** Makes a shared topic an ordinary one again. */
    public static final Map<String, String> UNSHARED =
            Map.of("remote.storage.enable", "false", "remote.log.delete.on.disable", "true");

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Admin admin;

    public Topics(Admin admin) {
        this.admin = admin;
    }

    /** Creates a topic and returns when each of its partitions has a leader that serves it. */
    public void create(String topic, int partitions, int replicationFactor, Map<String, String> config) {
        answer(admin.createTopics(List.of(new NewTopic(topic, partitions, (short) replicationFactor).configs(config)))
                .all());
        awaitLeaders(topic, partitions);
    }

    /** As {@link #create}, with one replica of each partition, on {@code node}. */
    public void createOn(int node, String topic, int partitions, Map<String, String> config) {
        Map<Integer, List<Integer>> replicas = IntStream.range(0, partitions)
                .boxed()
                .collect(Collectors.toMap(partition -> partition, partition -> List.of(node)));
        answer(admin.createTopics(List.of(new NewTopic(topic, replicas).configs(config)))
                .all());
        awaitLeaders(topic, partitions);
    }

    /**
     * Returns when each partition of {@code topic} has a leader that serves it.
     *
     * <p>A leader is in the metadata before its broker knows: of the first batches of an idempotent producer, one may be
     * refused and the next accepted, since nothing is known of the producer yet. The first is then out of order until its
     * delivery times out.
     */
    public void awaitLeaders(String topic, int partitions) {
        Await.until("leaders of " + topic, LIMIT, () -> {
            var described =
                    answer(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic);
            return described != null
                    && described.partitions().size() == partitions
                    && described.partitions().stream().allMatch(partition -> partition.leader() != null);
        });
        Map<TopicPartition, OffsetSpec> all = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
        Await.until("answers of all leaders of " + topic, LIMIT, () -> answers(all));
    }

    /** The broker that is asked may know less of the metadata than the one that was asked before. */
    private boolean answers(Map<TopicPartition, OffsetSpec> partitions) {
        try {
            answer(admin.listOffsets(partitions).all());
            return true;
        } catch (IllegalStateException e) {
            if (e.getCause() instanceof RetriableException) {
                return false;
            }
            throw e;
        }
    }

    /** Deletes a topic and returns when the name is free again. */
    public void delete(String topic) {
        answer(admin.deleteTopics(List.of(topic)).all());
        Await.until(
                "deletion of " + topic,
                LIMIT,
                () -> !answer(admin.listTopics().names()).contains(topic));
    }

    /** Sets configuration entries of a topic. */
    public void configure(String topic, Map<String, String> config) {
        List<AlterConfigOp> changes = new ArrayList<>();
        config.forEach((name, value) ->
                changes.add(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET)));
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        answer(admin.incrementalAlterConfigs(Map.of(resource, changes)).all());
    }

    /** Deletes the records below {@code offset} and answers the new log start offset. */
    public long deleteRecordsBelow(String topic, int partition, long offset) {
        TopicPartition target = new TopicPartition(topic, partition);
        var answers = admin.deleteRecords(Map.of(target, RecordsToDelete.beforeOffset(offset)))
                .lowWatermarks();
        return answer(Objects.requireNonNull(answers.get(target))).lowWatermark();
    }

    public long logStart(String topic, int partition) {
        return offset(topic, partition, OffsetSpec.earliest());
    }

    /** The high watermark. */
    public long end(String topic, int partition) {
        return offset(topic, partition, OffsetSpec.latest());
    }

    /** Below which everything is in the tier. */
    public long tieredEnd(String topic, int partition) {
        return offset(topic, partition, OffsetSpec.latestTiered()) + 1;
    }

    /** Below which no transaction is open. */
    public long lastStableOffset(String topic, int partition) {
        TopicPartition target = new TopicPartition(topic, partition);
        ListOffsetsResult offsets = admin.listOffsets(
                Map.of(target, OffsetSpec.latest()), new ListOffsetsOptions(IsolationLevel.READ_COMMITTED));
        return answer(offsets.partitionResult(target)).offset();
    }

    /** The log directories of a node that it has given up, with the reason. */
    public Map<String, String> offlineLogDirs(int node) {
        Map<String, String> offline = new HashMap<>();
        var descriptions = admin.describeLogDirs(List.of(node)).descriptions();
        answer(Objects.requireNonNull(descriptions.get(node))).forEach((dir, description) -> {
            ApiException error = description.error();
            if (error != null) {
                offline.put(dir, String.valueOf(error.getMessage()));
            }
        });
        return offline;
    }

    /** The log directory of a node that holds a partition, and not only its future copy. */
    public String logDirOf(int node, String topic, int partition) {
        TopicPartition target = new TopicPartition(topic, partition);
        var descriptions = admin.describeLogDirs(List.of(node)).descriptions();
        return answer(Objects.requireNonNull(descriptions.get(node))).entrySet().stream()
                .filter(dir -> {
                    ReplicaInfo replica = dir.getValue().replicaInfos().get(target);
                    return replica != null && !replica.isFuture();
                })
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("none");
    }

    /** Moves a partition of a node to another of its log directories; returns when the move has begun. */
    public void moveToLogDir(int node, String topic, int partition, String dir) {
        TopicPartitionReplica replica = new TopicPartitionReplica(topic, partition, node);
        answer(admin.alterReplicaLogDirs(Map.of(replica, dir)).all());
    }

    public List<Integer> inSyncReplicas(String topic, int partition) {
        return describe(topic).get(partition).isr().stream().map(Node::id).toList();
    }

    /** The nodes that have a partition, or are about to get or to lose it. */
    public List<Integer> replicas(String topic, int partition) {
        return describe(topic).get(partition).replicas().stream().map(Node::id).toList();
    }

    /** Gives a partition to {@code node} alone; returns when the move has begun. */
    public void move(String topic, int partition, int node) {
        answer(admin.alterPartitionReassignments(Map.of(
                        new TopicPartition(topic, partition), Optional.of(new NewPartitionReassignment(List.of(node)))))
                .all());
    }

    /** The node that leads each partition, or -1. */
    public List<Integer> leaders(String topic) {
        return describe(topic).stream().map(Topics::leader).toList();
    }

    /** The node that leads a partition, or -1. */
    public int leader(String topic, int partition) {
        return leader(describe(topic).get(partition));
    }

    private static int leader(TopicPartitionInfo partition) {
        Node leader = partition.leader();
        return leader == null ? -1 : leader.id();
    }

    private List<TopicPartitionInfo> describe(String topic) {
        return Objects.requireNonNull(
                        answer(admin.describeTopics(List.of(topic)).allTopicNames())
                                .get(topic))
                .partitions();
    }

    /** Makes {@code node} the preferred and the actual leader of partitions that it has a replica of. */
    public void moveLeadershipTo(int node, String topic, List<Integer> partitions) {
        List<TopicPartitionInfo> described = describe(topic);
        Map<TopicPartition, Optional<NewPartitionReassignment>> order = new HashMap<>();
        for (int partition : partitions) {
            List<Integer> replicas = new ArrayList<>(List.of(node));
            described.get(partition).replicas().stream()
                    .map(Node::id)
                    .filter(replica -> replica != node)
                    .forEach(replicas::add);
            order.put(new TopicPartition(topic, partition), Optional.of(new NewPartitionReassignment(replicas)));
        }
        answer(admin.alterPartitionReassignments(order).all());
        Await.until("leadership of node " + node, LIMIT, () -> {
            answer(admin.electLeaders(ElectionType.PREFERRED, order.keySet()).partitions());
            return isLeader(node, topic, partitions);
        });
    }

    private boolean isLeader(int node, String topic, List<Integer> partitions) {
        List<TopicPartitionInfo> described = describe(topic);
        return partitions.stream().allMatch(partition -> leader(described.get(partition)) == node);
    }

    private long offset(String topic, int partition, OffsetSpec spec) {
        TopicPartition target = new TopicPartition(topic, partition);
        ListOffsetsResult offsets = admin.listOffsets(Map.of(target, spec));
        return answer(offsets.partitionResult(target)).offset();
    }

    /** Waits for an answer; what the broker refused comes as the cause of an {@link IllegalStateException}. */
    public static <T> T answer(KafkaFuture<T> future) {
        try {
            return future.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("No answer within " + LIMIT.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for an answer", e);
        }
    }
}
