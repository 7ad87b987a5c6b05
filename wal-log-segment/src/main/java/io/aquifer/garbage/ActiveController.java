package io.aquifer.garbage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.TopicData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeQuorumRequest;
import org.apache.kafka.common.requests.DescribeQuorumResponse;
import org.apache.kafka.server.common.ControllerRequestCompletionHandler;
import org.apache.kafka.server.common.NodeToControllerChannelManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the leader of the metadata quorum how far the quorum has committed (KIP-595, DescribeQuorum), over a channel of its own
 * that is like the broker's other ones to the controllers: the same listener, the same credentials. Only a leader that has
 * committed in its own epoch knows that, so the answer covers whatever was committed before the question.
 *
 * <p>Used by one thread.
 */
final class ActiveController implements CommittedMetadata, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ActiveController.class);

    private final Supplier<NodeToControllerChannelManager> channels;
    private @Nullable NodeToControllerChannelManager channel;

    /** @param channels makes one that finds the active controller when it is started */
    ActiveController(Supplier<NodeToControllerChannelManager> channels) {
        this.channels = channels;
    }

    @Override
    public long end() throws IOException {
        ClientResponse response = ask(channel());
        try {
            return endIn(response);
        } catch (NotActiveException e) {
            // The channel sticks to its controller for as long as that one doesn't say by another error that it isn't
            // active.
            close();
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

    private NodeToControllerChannelManager channel() {
        NodeToControllerChannelManager open = channel;
        if (open == null) {
            open = channels.get();
            open.start();
            channel = open;
        }
        return open;
    }

    private static ClientResponse ask(NodeToControllerChannelManager channel) throws IOException {
        Answer answer = new Answer();
        channel.sendRequest(
                new DescribeQuorumRequest.Builder(
                        DescribeQuorumRequest.singletonRequest(Topic.CLUSTER_METADATA_TOPIC_PARTITION)),
                answer);
        try {
            // The channel itself gives up in time; what it never answers, as after its end, isn't waited for much
            // longer.
            return answer.future.get(2 * channel.getTimeoutMs(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted =
                    new InterruptedIOException("Interrupted while waiting for the active controller");
            interrupted.initCause(e);
            throw interrupted;
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("The active controller gave no answer in " + channel.getTimeoutMs() + " ms", e);
        }
    }

    private static final class Answer implements ControllerRequestCompletionHandler {
        private final CompletableFuture<ClientResponse> future = new CompletableFuture<>();

        @Override
        public void onComplete(ClientResponse response) {
            future.complete(response);
        }

        @Override
        public void onTimeout() {
            future.completeExceptionally(new TimeoutException("no controller was found in time"));
        }
    }

    private static long endIn(ClientResponse response) throws IOException {
        if (response.authenticationException() != null) {
            throw new IOException(
                    "The active controller refuses this broker's credentials: "
                            + response.authenticationException().getMessage(),
                    response.authenticationException());
        }
        if (response.versionMismatch() != null || !(response.responseBody() instanceof DescribeQuorumResponse body)) {
            throw new IOException(
                    "The active controller doesn't understand how far its metadata goes: " + response,
                    response.versionMismatch());
        }
        DescribeQuorumResponseData data = body.data();
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
        NodeToControllerChannelManager open = channel;
        channel = null;
        if (open != null) {
            try {
                open.shutdown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                LOG.debug("Interrupted while a channel to the controllers was closed", e);
            }
        }
    }
}
