package io.aquifer.seam;

import java.util.Map;
import kafka.server.ReplicaManager;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.requests.ProduceResponse.PartitionResponse;
import org.apache.kafka.server.LogAppendResult;
import org.apache.kafka.server.purgatory.DelayedProduce.ProducePartitionStatus;
import org.jspecify.annotations.Nullable;
import scala.Function1;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * Stands for the callback that answers a produce request, so that the answer can be held back after Kafka decided to
 * give it at once.
 *
 * <p>Kafka's decision is in a private method, which the Scala compiler inlined into the only one that calls it. What
 * the request appended is caught on its way to that decision, on the thread that handles the request.
 */
final class ProduceAnswer extends AbstractFunction1<Map<TopicIdPartition, PartitionResponse>, BoxedUnit> {

    private static final ThreadLocal<@Nullable ProduceAnswer> CURRENT = new ThreadLocal<>();

    private final ReplicaManager replicaManager;
    private final long timeoutMs;
    private final Function1<Map<TopicIdPartition, PartitionResponse>, BoxedUnit> callback;
    private scala.collection.@Nullable Map<TopicIdPartition, LogAppendResult> appendResults;
    private scala.collection.@Nullable Map<TopicIdPartition, ProducePartitionStatus> produceStatus;

    private ProduceAnswer(
            ReplicaManager replicaManager,
            long timeoutMs,
            Function1<Map<TopicIdPartition, PartitionResponse>, BoxedUnit> callback) {
        this.replicaManager = replicaManager;
        this.timeoutMs = timeoutMs;
        this.callback = callback;
    }

    /** The callback for the request that this thread begins to append. */
    static ProduceAnswer begin(
            ReplicaManager replicaManager,
            long timeoutMs,
            Function1<Map<TopicIdPartition, PartitionResponse>, BoxedUnit> callback) {
        ProduceAnswer answer = new ProduceAnswer(replicaManager, timeoutMs, callback);
        CURRENT.set(answer);
        return answer;
    }

    /** What the request begun on this thread appended; without effect where none was. */
    static void appended(
            scala.collection.Map<TopicIdPartition, LogAppendResult> appendResults,
            scala.collection.Map<TopicIdPartition, ProducePartitionStatus> produceStatus) {
        ProduceAnswer answer = CURRENT.get();
        if (answer == null) return;
        CURRENT.remove();
        answer.appendResults = appendResults;
        answer.produceStatus = produceStatus;
    }

    @Override
    public BoxedUnit apply(Map<TopicIdPartition, PartitionResponse> response) {
        boolean takenOver = appendResults != null
                && produceStatus != null
                && Seams.awaitDevice(replicaManager, timeoutMs, appendResults, produceStatus, callback);
        if (!takenOver) callback.apply(response);
        return BoxedUnit.UNIT;
    }
}
