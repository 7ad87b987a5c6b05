package io.aquifer.object;

import static io.aquifer.object.RealTime.await;
import static io.aquifer.object.ScriptedS3.Answer.ACCESS_DENIED;
import static io.aquifer.object.ScriptedS3.Answer.FINE;
import static io.aquifer.object.ScriptedS3.Answer.HANGS;
import static io.aquifer.object.ScriptedS3.Answer.INTERNAL_ERROR;
import static io.aquifer.object.ScriptedS3.Answer.LOST;
import static io.aquifer.object.ScriptedS3.Answer.SLOW_DOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an observer is told of the requests of the real client. */
class S3ObserverTest {

    private static final int PART = ObjectStoreSettings.MIN_PART_BYTES;
    private static final RetrySettings SOON =
            new RetrySettings(3, Duration.ofMillis(2), Duration.ofMillis(2), Duration.ofMillis(2));
    private static final byte[] BYTES = Bytes.random(1, 1000);

    private final Told told = new Told();
    private ScriptedS3 server;
    private S3ObjectStore store;

    @BeforeEach
    void start() throws IOException {
        server = new ScriptedS3();
        ObjectStoreSettings settings = ObjectStoreSettings.builder("bucket")
                .endpoint(server.endpoint())
                .pathStyle(true)
                .partBytes(PART)
                .uploadMemoryBytes(PART)
                .retries(SOON)
                .build();
        store = new S3ObjectStore(settings, EmbeddedS3.credentials(), told, TransferLimits.of(settings));
    }

    @AfterEach
    void stop() {
        store.close();
        server.close();
    }

    @Test
    void a_request_is_told_with_its_action_and_the_bytes_of_its_body() {
        await(store.putIfAbsent("key", ByteBuffer.wrap(BYTES)));
        await(store.getTail("key", ByteBuffer.allocate(5000)));

        assertThat(told.events)
                .containsExactly(
                        "sent PUT", "answered PUT", "bytes sent 1000", "sent GET", "answered GET", "received 1000");
    }

    @Test
    void an_upload_is_told_request_by_request() {
        await(store.uploadIfAbsent("key", ObjectContent.of(ByteBuffer.wrap(new byte[PART + 1]))));

        assertThat(told.events)
                .containsExactly(
                        "sent CREATE_UPLOAD",
                        "answered CREATE_UPLOAD",
                        "sent UPLOAD_PART",
                        "answered UPLOAD_PART",
                        "bytes sent " + PART,
                        "sent UPLOAD_PART",
                        "answered UPLOAD_PART",
                        "bytes sent 1",
                        "sent COMPLETE_UPLOAD",
                        "answered COMPLETE_UPLOAD");
    }

    @Test
    void attempts_that_failed_are_told_though_the_request_succeeds() {
        server.store("key", BYTES);
        server.answer(SLOW_DOWN, INTERNAL_ERROR, FINE);

        await(store.head("key"));

        assertThat(told.events).containsExactly("sent HEAD", "throttled", "repeated", "repeated", "answered HEAD");
    }

    @Test
    void an_attempt_without_an_answer_is_told_by_its_repetition() {
        server.store("key", BYTES);
        server.answer(LOST, FINE);

        await(store.head("key"));

        assertThat(told.events).containsExactly("sent HEAD", "repeated", "answered HEAD");
    }

    @Test
    void what_exists_or_does_not_is_no_failure() {
        assertThatThrownBy(() -> await(store.head("key"))).hasCauseInstanceOf(ObjectNotFoundException.class);
        server.store("key", new byte[1]);
        assertThat(await(store.putIfAbsent("key", ByteBuffer.wrap(BYTES)))).isEqualTo(PutResult.OTHER_EXISTS);

        assertThat(told.events)
                .containsExactly(
                        "sent HEAD", "answered HEAD", "sent PUT", "answered PUT", "sent HEAD", "answered HEAD");
    }

    @Test
    void a_failure_and_a_cancellation_are_told_apart() {
        server.answer(ACCESS_DENIED, HANGS);
        assertThatThrownBy(() -> await(store.head("key"))).hasCauseInstanceOf(StoreAccessDeniedException.class);
        CompletableFuture<StoredObject> hanging = store.head("key");
        hanging.cancel(true);

        assertThat(told.events).containsExactly("sent HEAD", "failed HEAD", "sent HEAD", "cancelled HEAD");
    }

    @Test
    void the_end_is_told_last() {
        server.always(HANGS);
        CompletableFuture<StoredObject> hanging = store.head("key");

        store.close();

        assertThat(hanging).isCompletedExceptionally();
        assertThat(told.events).containsExactly("sent HEAD", "cancelled HEAD", "closed");
    }

    private static final class Told implements ObjectStoreObserver {
        private final List<String> events = new CopyOnWriteArrayList<>();

        @Override
        public void requestSent(S3Action action) {
            events.add("sent " + action);
        }

        @Override
        public void requestAnswered(S3Action action, long nanos) {
            events.add((nanos > 0 ? "answered " : "answered before it was sent ") + action);
        }

        @Override
        public void requestFailed(S3Action action) {
            events.add("failed " + action);
        }

        @Override
        public void requestCancelled(S3Action action) {
            events.add("cancelled " + action);
        }

        @Override
        public void attemptRepeated() {
            events.add("repeated");
        }

        @Override
        public void throttled() {
            events.add("throttled");
        }

        @Override
        public void bytesSent(long bytes) {
            events.add("bytes sent " + bytes);
        }

        @Override
        public void bytesReceived(long bytes) {
            events.add("received " + bytes);
        }

        @Override
        public void closed() {
            events.add("closed");
        }
    }
}
