package io.aquifer.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import kafka.server.BlockingSend;
import kafka.server.FailedPartitions;
import kafka.server.InitialFetchState;
import kafka.server.QuotaFactory;
import kafka.server.RemoteLeaderEndPoint;
import kafka.server.ReplicaFetcherThread;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.FetchSessionHandler;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.server.common.MetadataVersion;
import org.apache.kafka.server.network.BrokerEndPoint;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

/** Another broker that leads partitions, and the fetcher with which this broker follows it, one step at a time. */
final class FakeLeader implements BlockingSend {

    private final Broker broker;
    private final Map<TopicPartition, MemoryRecords> records = new HashMap<>();
    private final List<Map<TopicPartition, Long>> fetches = new ArrayList<>();
    private final FailedPartitions failed = new FailedPartitions();
    private final ReplicaFetcherThread fetcher;

    FakeLeader(Broker broker, Replicas replicas) {
        this.broker = broker;
        RemoteLeaderEndPoint endPoint = new RemoteLeaderEndPoint(
                "",
                this,
                new FetchSessionHandler(new LogContext(), Replicas.REMOTE),
                replicas.config(),
                replicas.manager(),
                QuotaFactory.UNBOUNDED_QUOTA,
                MetadataVersion::latestProduction,
                () -> 1L);
        fetcher = new ReplicaFetcherThread(
                "fetcher", endPoint, replicas.config(), failed, replicas.manager(), QuotaFactory.UNBOUNDED_QUOTA, "");
    }

    /** The leader has those records of the partition, and this broker begins to follow it. */
    void serves(TopicPartition partition, MemoryRecords all) {
        records.put(partition, all);
        isFollowed(partition);
    }

    /** This broker follows the partition from where its log ends. */
    void isFollowed(TopicPartition partition) {
        long end = broker.log(partition).logEndOffset();
        fetcher.addPartitions(CollectionConverters.asScala(Map.of(
                partition,
                new InitialFetchState(Option.apply(broker.topicId(partition.topic())), brokerEndPoint(), 1, end))));
    }

    /** This broker follows the partition no more. */
    void isLeft(TopicPartition partition) {
        fetcher.removePartitions(CollectionConverters.asScala(Set.of(partition)));
    }

    /** The follower fetches once. */
    void followerFetches() {
        fetcher.doWork();
    }

    boolean hasFailed(TopicPartition partition) {
        return failed.contains(partition);
    }

    /** The highest end that the follower has reported for the partition. */
    long reportedEnd(TopicPartition partition) {
        return fetches.stream()
                .mapToLong(fetch -> fetch.getOrDefault(partition, -1L))
                .max()
                .orElse(-1);
    }

    @Override
    public BrokerEndPoint brokerEndPoint() {
        return new BrokerEndPoint(Replicas.REMOTE, "localhost", 1);
    }

    @Override
    public ClientResponse sendRequest(AbstractRequest.Builder<? extends AbstractRequest> request) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        LinkedHashMap<TopicIdPartition, PartitionData> answers = new LinkedHashMap<>();
        ((FetchRequest.Builder) request).fetchData().forEach((partition, asked) -> {
            offsets.put(partition, asked.fetchOffset);
            answers.put(
                    new TopicIdPartition(broker.topicId(partition.topic()), partition),
                    answer(partition, asked.fetchOffset));
        });
        fetches.add(offsets);
        short version = ApiKeys.FETCH.latestVersion();
        return new ClientResponse(
                new RequestHeader(ApiKeys.FETCH, version, "fetcher", 0),
                null,
                "",
                0,
                0,
                false,
                null,
                null,
                FetchResponse.of(Errors.NONE, 0, 0, answers, List.of()));
    }

    private PartitionData answer(TopicPartition partition, long from) {
        MemoryRecords all = records.get(partition);
        int skip = 0;
        long end = 0;
        for (RecordBatch batch : all.batches()) {
            skip += batch.lastOffset() < from ? batch.sizeInBytes() : 0;
            end = batch.nextOffset();
        }
        MemoryRecords rest = MemoryRecords.readableRecords(all.buffer().slice(skip, all.sizeInBytes() - skip));
        return new PartitionData()
                .setPartitionIndex(partition.partition())
                .setHighWatermark(end)
                .setLastStableOffset(end)
                .setLogStartOffset(0)
                .setRecords(rest);
    }

    @Override
    public void initiateClose() {}

    @Override
    public void close() {}
}
