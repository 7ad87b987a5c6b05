package io.aquifer.seam;

import java.util.Optional;
import net.bytebuddy.asm.Advice;
import org.apache.kafka.common.Node;
import org.apache.kafka.metadata.KRaftMetadataCache;

/**
 * Tells a partition without a leader from one that doesn't exist, as those who ask rely on.
 *
 * <p>A transaction coordinator takes a partition whose leader's endpoint is empty for deleted: it forgets to write the
 * transaction's marker there, and a committed transaction is aborted by the producer's next abort. Kafka's cache answers
 * so of every partition that has no leader just now, which with a single replica is each one of a broker that restarts
 * (KAFKA-20734). An endpoint that is {@link Node#noNode()} makes the coordinator ask again later.
 *
 * <p>Relies on: whoever asks treats that endpoint as a leader that isn't known yet.
 */
@SeamsOf(
        value = "org.apache.kafka.metadata.KRaftMetadataCache",
        reliesOn = {
            "kafka.coordinator.transaction.TransactionMarkerChannelManager"
                    + "#addTxnMarkersToBrokerQueue(long, short, TransactionResult, PendingCompleteTxn, Set)",
            "kafka.coordinator.transaction.TransactionMarkerChannelManager#generateRequests()",
            "org.apache.kafka.server.util.NetworkPartitionMetadataClient#listLatestOffsets(Set)"
        })
public final class KRaftMetadataCacheAdvice {

    private KRaftMetadataCacheAdvice() {}

    /** After the leader of a partition was looked up. */
    @Seam("getPartitionLeaderEndpoint(String, int, ListenerName)")
    public static final class GetPartitionLeaderEndpoint {

        private GetPartitionLeaderEndpoint() {}

        @Advice.OnMethodExit
        static void exit(
                @Advice.This KRaftMetadataCache cache,
                @Advice.Argument(0) String topic,
                @Advice.Argument(1) int partition,
                @Advice.Return(readOnly = false) Optional<Node> endpoint) {
            endpoint = Seams.leaderEndpoint(cache, topic, partition, endpoint);
        }
    }
}
