package io.aquifer.log;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import kafka.cluster.Partition;
import kafka.server.ReplicaManager;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ProduceResponse.PartitionResponse;
import org.apache.kafka.server.LogAppendResult;
import org.apache.kafka.server.purgatory.DelayedProduce;
import org.apache.kafka.server.purgatory.DelayedProduce.PartitionStatusValidator;
import org.apache.kafka.server.purgatory.DelayedProduce.ProducePartitionStatus;
import org.apache.kafka.server.purgatory.TopicPartitionOperationKey;
import org.jspecify.annotations.Nullable;
import scala.util.Either;

/**
 * Lets a produce with acks=1 wait for this broker's device, and for nothing else: not for followers, not for
 * min.insync.replicas, and not at all for partitions that aren't shared.
 */
public final class DeviceAcks {

    private final SharedLogs logs;

    DeviceAcks(SharedLogs logs) {
        this.logs = logs;
    }

    /** A shared log that a request was appended to, and its generation right after that. */
    private record Awaited(SharedLog log, int generation) {}

    /**
     * Takes a response over if it has to wait.
     *
     * @return false if no partition of the request is shared and was appended to: nothing was done
     */
    public boolean await(
            ReplicaManager replicaManager,
            long timeoutMs,
            Map<TopicIdPartition, LogAppendResult> results,
            Map<TopicIdPartition, ProducePartitionStatus> statuses,
            Consumer<Map<TopicIdPartition, PartitionResponse>> callback) {
        Map<TopicPartition, Awaited> awaited = new HashMap<>();
        results.forEach((partition, result) -> {
            SharedLog log = logs.shared(partition.topicPartition());
            if (log != null && result.exception().isEmpty()) {
                awaited.put(partition.topicPartition(), new Awaited(log, log.generation()));
            }
        });
        if (awaited.isEmpty()) {
            return false;
        }
        PartitionStatusValidator validator = (partition, requiredOffset) ->
                validate(replicaManager, partition, requiredOffset, awaited.get(partition));
        DelayedProduce produce = new DelayedProduce(timeoutMs, new HashMap<>(statuses), validator, callback);
        List<TopicPartitionOperationKey> keys =
                awaited.keySet().stream().map(TopicPartitionOperationKey::new).collect(Collectors.toList());
        replicaManager.delayedProducePurgatory().tryCompleteElseWatch(produce, keys);
        return true;
    }

    private static PartitionStatusValidator.Result validate(
            ReplicaManager replicaManager,
            TopicPartition topicPartition,
            long requiredOffset,
            @Nullable Awaited awaited) {
        if (awaited == null) {
            return new PartitionStatusValidator.Result(true, Errors.NONE);
        }
        Either<Errors, Partition> found = replicaManager.getPartitionOrError(topicPartition);
        if (found.isLeft()) {
            return new PartitionStatusValidator.Result(
                    false, found.swap().getOrElse(() -> Errors.UNKNOWN_SERVER_ERROR));
        }
        SharedLog log = awaited.log();
        boolean leads = found.exists(partition -> partition.leaderLogIfLocal().isDefined());
        if (!leads || log.generation() != awaited.generation()) {
            return new PartitionStatusValidator.Result(false, Errors.NOT_LEADER_OR_FOLLOWER);
        }
        boolean durable = !log.isShared() || log.durableEnd().messageOffset >= requiredOffset;
        return new PartitionStatusValidator.Result(durable, Errors.NONE);
    }
}
