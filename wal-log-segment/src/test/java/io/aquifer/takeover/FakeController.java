package io.aquifer.takeover;

import io.aquifer.controller.ControllerChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.NodeApiVersions;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.TopicData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsResponse;
import org.apache.kafka.common.requests.DescribeQuorumResponse;
import org.apache.kafka.common.requests.ElectLeadersResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.server.common.ControllerRequestCompletionHandler;
import org.apache.kafka.server.common.NodeToControllerChannelManager;

/** A controller that notes what it is asked for, and grants it. */
final class FakeController implements NodeToControllerChannelManager {

    private final List<String> asked = new ArrayList<>();
    private Errors error = Errors.NONE;
    private long committed = Cluster.OFFSET + 1;

    /** Up to where the metadata are committed, from now on. */
    void committed(long end) {
        committed = end;
    }

    /** What was asked for since this was called last: which request, and its content. */
    List<String> asked() {
        List<String> since = List.copyOf(asked);
        asked.clear();
        return since;
    }

    void refuse(Errors with) {
        error = with;
    }

    ControllerChannel channel() {
        return new ControllerChannel(() -> this, () -> {});
    }

    @Override
    public void start() {}

    @Override
    public void shutdown() {}

    @Override
    public Optional<NodeApiVersions> controllerApiVersions() {
        return Optional.empty();
    }

    @Override
    public void sendRequest(
            AbstractRequest.Builder<? extends AbstractRequest> request, ControllerRequestCompletionHandler callback) {
        AbstractResponse answer =
                request.apiKey() == ApiKeys.DESCRIBE_QUORUM ? quorum() : granted(request.apiKey(), request.toString());
        RequestHeader header = new RequestHeader(request.apiKey(), request.latestAllowedVersion(), "broker", 1);
        callback.onComplete(new ClientResponse(header, null, "1", 0, 0, false, null, null, answer));
    }

    private AbstractResponse granted(ApiKeys api, String request) {
        asked.add(request);
        return api == ApiKeys.ELECT_LEADERS
                ? new ElectLeadersResponse((short) 0, error.code(), List.of(), (short) 2)
                : new AlterPartitionReassignmentsResponse(
                        new AlterPartitionReassignmentsResponseData().setErrorCode(error.code()));
    }

    private AbstractResponse quorum() {
        return new DescribeQuorumResponse(new DescribeQuorumResponseData()
                .setTopics(List.of(new TopicData()
                        .setTopicName("__cluster_metadata")
                        .setPartitions(List.of(new PartitionData().setHighWatermark(committed))))));
    }

    @Override
    public long getTimeoutMs() {
        return 50;
    }
}
