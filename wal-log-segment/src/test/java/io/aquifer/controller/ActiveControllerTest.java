package io.aquifer.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.NodeApiVersions;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.TopicData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.DescribeQuorumResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.server.common.ControllerRequestCompletionHandler;
import org.apache.kafka.server.common.NodeToControllerChannelManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ActiveControllerTest {

    private final List<Channel> channels = new ArrayList<>();

    /** A channel that answers at once. */
    private static final class Channel implements NodeToControllerChannelManager {
        private final Consumer<ControllerRequestCompletionHandler> answer;
        private boolean open;

        private Channel(Consumer<ControllerRequestCompletionHandler> answer) {
            this.answer = answer;
        }

        @Override
        public void start() {
            open = true;
        }

        @Override
        public void shutdown() {
            open = false;
        }

        @Override
        public Optional<NodeApiVersions> controllerApiVersions() {
            return Optional.empty();
        }

        @Override
        public void sendRequest(
                AbstractRequest.Builder<? extends AbstractRequest> request,
                ControllerRequestCompletionHandler callback) {
            assertThat(open).isTrue();
            assertThat(request.apiKey()).isEqualTo(ApiKeys.DESCRIBE_QUORUM);
            answer.accept(callback);
        }

        @Override
        public long getTimeoutMs() {
            return 50;
        }
    }

    private ActiveController answering(Consumer<ControllerRequestCompletionHandler> answer) {
        return new ActiveController(new ControllerChannel(
                () -> {
                    Channel channel = new Channel(answer);
                    channels.add(channel);
                    return channel;
                },
                () -> {}));
    }

    @Test
    void theHighWatermarkOfTheMetadataIsItsCommittedEnd() throws IOException {
        ActiveController controller = answering(handler -> handler.onComplete(response(quorum(Errors.NONE, 1234))));

        assertThat(controller.end()).isEqualTo(1234);
        assertThat(controller.end()).isEqualTo(1234);
        assertThat(channels).hasSize(1);
        controller.close();
        assertThat(channels).noneMatch(channel -> channel.open);
    }

    @Test
    void aControllerThatDoesNotLeadIsLeftForWhoeverLeadsNow() {
        ActiveController controller =
                answering(handler -> handler.onComplete(response(quorum(Errors.NOT_LEADER_OR_FOLLOWER, -1))));

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(controller::end)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("doesn't say how far the metadata goes");
        }
        assertThat(channels).hasSize(2).noneMatch(channel -> channel.open);
    }

    @Test
    void aLeaderThatHasNotCommittedInItsEpochSaysNothing() {
        ActiveController controller = answering(handler -> handler.onComplete(response(quorum(Errors.NONE, -1))));

        assertThatThrownBy(controller::end).isInstanceOf(IOException.class).hasMessageContaining("just been elected");
    }

    @Test
    void whoMayNotAskIsToldWhichPermissionItTakes() {
        DescribeQuorumResponseData refused =
                new DescribeQuorumResponseData().setErrorCode(Errors.CLUSTER_AUTHORIZATION_FAILED.code());
        ActiveController controller = answering(handler -> handler.onComplete(response(refused)));

        assertThatThrownBy(controller::end)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("DESCRIBE the CLUSTER");
    }

    @Test
    void refusedCredentialsAreNamed() {
        ActiveController controller = answering(
                handler -> handler.onComplete(response(null, new SaslAuthenticationException("no such user"))));

        assertThatThrownBy(controller::end).isInstanceOf(IOException.class).hasMessageContaining("no such user");
    }

    @Test
    void noAnswerInTimeIsAnError() {
        assertThatThrownBy(answering(ControllerRequestCompletionHandler::onTimeout)::end)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no answer in 50 ms");
        assertThatThrownBy(answering(handler -> {})::end)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no answer in 50 ms");
    }

    @Test
    void theDescriptionOfAnotherQuorumIsNotBelieved() {
        ActiveController controller =
                answering(handler -> handler.onComplete(response(new DescribeQuorumResponseData())));

        assertThatThrownBy(controller::end).isInstanceOf(IOException.class).hasMessageContaining("another quorum");
    }

    private static DescribeQuorumResponseData quorum(Errors error, long highWatermark) {
        return new DescribeQuorumResponseData()
                .setTopics(List.of(new TopicData()
                        .setTopicName("__cluster_metadata")
                        .setPartitions(List.of(
                                new PartitionData().setErrorCode(error.code()).setHighWatermark(highWatermark)))));
    }

    private static ClientResponse response(DescribeQuorumResponseData data) {
        return response(new DescribeQuorumResponse(data), null);
    }

    private static ClientResponse response(
            @Nullable DescribeQuorumResponse body, @Nullable SaslAuthenticationException refused) {
        RequestHeader header = new RequestHeader(ApiKeys.DESCRIBE_QUORUM, (short) 2, "broker", 1);
        return new ClientResponse(header, null, "1", 0, 0, false, null, refused, body);
    }
}
