package io.aquifer.controller;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.TopicData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeQuorumRequest;
import org.apache.kafka.common.requests.DescribeQuorumResponse;
import org.jspecify.annotations.Nullable;

/**
 * Asks the leader of the metadata quorum how far the quorum has committed (KIP-595, DescribeQuorum). Only a leader that has
 * committed in its own epoch knows that, so the answer covers whatever was committed before the question.
 *
 * <p>Used by one thread.
 */
public final class ActiveController implements CommittedMetadata, AutoCloseable {

    private final ControllerChannel channel;

    /** @param channel closed with this */
    public ActiveController(ControllerChannel channel) {
        this.channel = channel;
    }

    @Override
    public long end() throws IOException {
        DescribeQuorumResponse response = channel.ask(
                new DescribeQuorumRequest.Builder(
                        DescribeQuorumRequest.singletonRequest(Topic.CLUSTER_METADATA_TOPIC_PARTITION)),
                DescribeQuorumResponse.class);
        try {
            return endIn(response.data());
        } catch (NotActiveException e) {
            channel.reconnect();
            throw e;
        }
    }

    /** Whoever was asked doesn't lead the quorum, or can't say it now. */
    private static final class NotActiveException extends IOException {
        private static final long serialVersionUID = 1L;

        private NotActiveException(String said) {
            super("The controller that was asked doesn't say how far the metadata goes: " + said);
        }
    }

    private static long endIn(DescribeQuorumResponseData data) throws IOException {
        require(data.errorCode(), data.errorMessage());
        List<PartitionData> partitions = data.topics().stream()
                .map(TopicData::partitions)
                .flatMap(List::stream)
                .toList();
        if (partitions.size() != 1) {
            throw new IOException("The active controller described another quorum than was asked for: " + data);
        }
        PartitionData metadata = partitions.get(0);
        require(metadata.errorCode(), metadata.errorMessage());
        if (metadata.highWatermark() < 0) {
            throw new IOException("The active controller has just been elected and doesn't know yet what is committed");
        }
        return metadata.highWatermark();
    }

    private static void require(short code, @Nullable String message) throws IOException {
        Errors error = Errors.forCode(code);
        String said = message == null ? error.message() : message;
        if (error == Errors.CLUSTER_AUTHORIZATION_FAILED) {
            throw new IOException("The active controller doesn't let this broker ask how far the metadata goes: " + said
                    + " Allow its principal to DESCRIBE the CLUSTER, or make it a super user");
        }
        if (error != Errors.NONE) {
            throw new NotActiveException(said);
        }
    }

    @Override
    public void close() {
        channel.close();
    }
}
