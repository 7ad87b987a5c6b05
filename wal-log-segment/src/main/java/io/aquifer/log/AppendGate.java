package io.aquifer.log;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.server.PartitionFetchState;

/**
 * What requests and replica fetchers do around their appends, outside of any lock: reserve room in the WAL, and, for a
 * follower, report only what is durable.
 */
public final class AppendGate {

    private final SharedLogs logs;
    private final WalAppender wal;

    AppendGate(SharedLogs logs, WalAppender wal) {
        this.logs = logs;
        this.wal = wal;
    }

    /**
     * Reserves room for what this thread is about to append as a leader, until {@link #release}. Without room its
     * appends to shared logs are refused, and only those.
     */
    public void reserve(Map<TopicIdPartition, MemoryRecords> entries) {
        long bytes = 0;
        int batches = 0;
        for (Map.Entry<TopicIdPartition, MemoryRecords> entry : entries.entrySet()) {
            if (logs.shared(entry.getKey().topicPartition()) != null) {
                bytes += entry.getValue().sizeInBytes();
                batches++;
            }
        }
        if (batches > 0) {
            wal.reserve(bytes, batches);
        }
    }

    /**
     * Reserves room for what this thread has fetched and is about to append as a follower, until {@link #release}.
     *
     * @throws NotEnoughReplicasException if there is none: the fetcher then treats the fetch as failed, and fetches again
     */
    public void reserveFetched(Map<TopicPartition, FetchResponseData.PartitionData> fetched) {
        long bytes = 0;
        int batches = 0;
        for (Map.Entry<TopicPartition, FetchResponseData.PartitionData> entry : fetched.entrySet()) {
            int size = FetchResponse.recordsSize(entry.getValue());
            if (size > 0 && logs.shared(entry.getKey()) != null) {
                bytes += size;
                batches++;
            }
        }
        if (batches > 0 && !wal.reserveFetched(bytes, batches)) {
            wal.release();
            throw new NotEnoughReplicasException(
                    "The write-ahead log has no room for " + bytes + " fetched bytes; they are fetched again");
        }
    }

    /** Gives back what this thread reserved and didn't use. */
    public void release() {
        wal.release();
    }

    /** Waits until what this thread appended is durable, but not for ever: {@link #reportable} leaves out the rest. */
    public void awaitAppended() {
        wal.awaitAppended();
    }

    /** Those of a fetcher's partitions whose fetch offset, which the leader takes for the end, is durable here. */
    public Map<TopicPartition, PartitionFetchState> reportable(Map<TopicPartition, PartitionFetchState> partitions) {
        if (partitions.entrySet().stream()
                .allMatch(entry -> isDurable(entry.getKey(), entry.getValue().fetchOffset()))) {
            return partitions;
        }
        Map<TopicPartition, PartitionFetchState> reportable = new HashMap<>(partitions);
        reportable
                .entrySet()
                .removeIf(entry -> !isDurable(entry.getKey(), entry.getValue().fetchOffset()));
        return reportable;
    }

    private boolean isDurable(TopicPartition partition, long end) {
        SharedLog log = logs.shared(partition);
        return log == null || !log.isShared() || log.durableEnd().messageOffset >= end;
    }
}
