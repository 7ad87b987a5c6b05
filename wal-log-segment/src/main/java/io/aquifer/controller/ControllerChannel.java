package io.aquifer.controller;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.server.common.ControllerRequestCompletionHandler;
import org.apache.kafka.server.common.NodeToControllerChannelManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the active controller, and waits for its answer.
 *
 * <p>Used by one thread.
 */
public final class ControllerChannel implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ControllerChannel.class);

    private final Channels channels;
    private final Runnable afterwards;
    private @Nullable NodeToControllerChannelManager channel;

    /** Makes channels, each of which finds the active controller when it is started. */
    public interface Channels {
        /**
         * A new one.
         *
         * @throws IOException if no controllers are known yet
         */
        NodeToControllerChannelManager open() throws IOException;
    }

    /** @param afterwards what is to be done when this is closed */
    public ControllerChannel(Channels channels, Runnable afterwards) {
        this.channels = channels;
        this.afterwards = afterwards;
    }

    /**
     * Asks.
     *
     * @throws IOException if there is no answer in time, or it is none to this question
     */
    public <T extends AbstractResponse> T ask(
            AbstractRequest.Builder<? extends AbstractRequest> request, Class<T> answer) throws IOException {
        ClientResponse response = send(open(), request);
        if (response.authenticationException() != null) {
            throw new IOException(
                    "The active controller refuses this broker's credentials: "
                            + response.authenticationException().getMessage(),
                    response.authenticationException());
        }
        if (response.versionMismatch() != null || !answer.isInstance(response.responseBody())) {
            throw new IOException(
                    "The active controller doesn't understand " + request.apiKey() + ": " + response,
                    response.versionMismatch());
        }
        return answer.cast(response.responseBody());
    }

    private NodeToControllerChannelManager open() throws IOException {
        NodeToControllerChannelManager open = channel;
        if (open == null) {
            open = channels.open();
            open.start();
            channel = open;
        }
        return open;
    }

    private static ClientResponse send(
            NodeToControllerChannelManager channel, AbstractRequest.Builder<? extends AbstractRequest> request)
            throws IOException {
        Answer answer = new Answer();
        channel.sendRequest(request, answer);
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

    /**
     * Looks for the active controller anew before the next question. A channel sticks to its controller for as long as that one
     * doesn't say, by the error that it knows, that it isn't active.
     */
    public void reconnect() {
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

    @Override
    public void close() {
        reconnect();
        afterwards.run();
    }
}
