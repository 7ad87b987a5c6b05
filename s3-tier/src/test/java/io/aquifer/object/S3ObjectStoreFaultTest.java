package io.aquifer.object;

import static io.aquifer.object.RealTime.await;
import static io.aquifer.object.RealTime.eventually;
import static io.aquifer.object.ScriptedS3.Answer.ACCESS_DENIED;
import static io.aquifer.object.ScriptedS3.Answer.BAD_DIGEST;
import static io.aquifer.object.ScriptedS3.Answer.CONFLICT;
import static io.aquifer.object.ScriptedS3.Answer.CUT;
import static io.aquifer.object.ScriptedS3.Answer.FINE;
import static io.aquifer.object.ScriptedS3.Answer.HANGS;
import static io.aquifer.object.ScriptedS3.Answer.INTERNAL_ERROR;
import static io.aquifer.object.ScriptedS3.Answer.INVALID;
import static io.aquifer.object.ScriptedS3.Answer.LOST;
import static io.aquifer.object.ScriptedS3.Answer.NO_SUCH_BUCKET;
import static io.aquifer.object.ScriptedS3.Answer.SLOW_DOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the real client makes of a store and a network that misbehave. */
class S3ObjectStoreFaultTest {

    private static final int PART = ObjectStoreSettings.MIN_PART_BYTES;
    private static final RetrySettings SOON =
            new RetrySettings(3, Duration.ofMillis(40), Duration.ofMillis(40), Duration.ofMillis(40));
    private static final byte[] BYTES = Bytes.random(1, 1000);

    private ScriptedS3 server;
    private S3ObjectStore store;

    @BeforeEach
    void start() throws IOException {
        server = new ScriptedS3();
        store = S3ObjectStore.open(settings().build(), EmbeddedS3.credentials());
    }

    @AfterEach
    void stop() {
        store.close();
        server.close();
    }

    private ObjectStoreSettings.Builder settings() {
        return ObjectStoreSettings.builder("bucket")
                .endpoint(server.endpoint())
                .pathStyle(true)
                .partBytes(PART)
                .uploadMemoryBytes(2 * PART)
                .retries(SOON);
    }

    private void use(ObjectStoreSettings.Builder settings) {
        store.close();
        store = S3ObjectStore.open(settings.build(), EmbeddedS3.credentials());
    }

    @ParameterizedTest
    @EnumSource(
            value = ScriptedS3.Answer.class,
            names = {"SLOW_DOWN", "INTERNAL_ERROR", "BAD_DIGEST", "CONFLICT"})
    void passing_trouble_is_waited_out(ScriptedS3.Answer trouble) {
        server.answer(trouble, trouble, FINE);

        assertThat(put()).isEqualTo(PutResult.CREATED);
        assertThat(server.requests()).hasSize(3);
        assertThat(server.stored("key")).isEqualTo(BYTES);
    }

    @Test
    void trouble_that_does_not_pass_is_named_and_worth_another_try_later() {
        server.always(SLOW_DOWN);
        assertThat(failure(this::put)).isInstanceOf(ThrottledException.class);
        server.always(INTERNAL_ERROR);
        assertThat(failure(this::put)).isInstanceOf(FailingStoreException.class);
        server.always(BAD_DIGEST);
        assertThat(failure(this::put)).isInstanceOf(DamagedTransferException.class);
        server.always(CONFLICT);
        ObjectStoreException last = failure(this::put);
        assertThat(last).isInstanceOf(WriteConflictException.class);
        assertThat(last.retriable()).isTrue();
        assertThat(server.requests()).hasSize(12);
    }

    @Test
    void what_will_not_pass_is_not_repeated() {
        server.answer(ACCESS_DENIED, NO_SUCH_BUCKET, INVALID);

        ObjectStoreException denied = failure(() -> read(0, 10));
        assertThat(denied).isInstanceOf(StoreAccessDeniedException.class);
        assertThat(denied)
                .hasMessageContaining("s3:GetObject")
                .hasMessageContaining("'key'")
                .hasMessageContaining("'bucket'");
        assertThat(denied.retriable()).isFalse();
        assertThat(failure(() -> read(0, 10))).isInstanceOf(BucketNotFoundException.class);
        assertThat(failure(() -> read(0, 10))).isInstanceOf(InvalidRequestException.class);
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void a_store_that_is_not_there_is_unreachable() throws IOException {
        try (Socket boundButNotListening = new Socket()) {
            boundButNotListening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            use(settings().endpoint(URI.create("http://127.0.0.1:" + boundButNotListening.getLocalPort())));

            assertThat(failure(this::put)).isInstanceOf(UnreachableStoreException.class);
        }
    }

    @Test
    void a_put_whose_answer_was_lost_finds_its_own_object() {
        server.answer(LOST);

        assertThat(put()).isEqualTo(PutResult.CREATED);
        assertThat(server.requests()).extracting(Object::toString).containsExactly("PUT key", "PUT key", "HEAD key");
    }

    @Test
    void the_object_of_another_with_the_same_bytes_is_read_back() {
        server.store("key", BYTES);

        assertThat(put()).isEqualTo(PutResult.SAME_EXISTS);
        assertThat(server.requests()).extracting(Object::toString).containsExactly("PUT key", "HEAD key", "GET key");
    }

    @Test
    void an_upload_whose_last_answer_was_lost_finds_its_own_object() {
        server.answer(FINE, FINE, FINE, LOST);
        byte[] bytes = Bytes.random(2, PART + 1);

        assertThat(upload(bytes)).isEqualTo(PutResult.CREATED);
        assertThat(server.stored("key")).isEqualTo(bytes);
    }

    @Test
    void an_upload_that_finds_its_key_taken_removes_its_parts() {
        byte[] bytes = Bytes.random(2, PART + 1);
        server.store("key", new byte[1]);

        assertThat(upload(bytes)).isEqualTo(PutResult.OTHER_EXISTS);
        eventually(() -> requested("DELETE key?uploadId"));
    }

    @Test
    void a_body_that_was_cut_off_is_read_again() {
        server.store("key", BYTES);
        server.answer(CUT, CUT, FINE);

        assertThat(read(0, 1000)).isEqualTo(BYTES);
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void a_body_that_is_always_cut_off_is_never_a_short_success() {
        server.store("key", BYTES);
        server.always(CUT);

        assertThat(failure(() -> read(0, 1000))).isInstanceOf(RetriableObjectStoreException.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = ScriptedS3.Answer.class,
            names = {"SHORTER", "WHOLE", "SHIFTED"})
    void a_range_other_than_the_one_asked_for_is_refused(ScriptedS3.Answer other) {
        server.store("key", BYTES);
        server.always(other);

        assertThat(failure(() -> read(10, 100)))
                .isInstanceOf(FailingStoreException.class)
                .hasMessageContaining("bytes=10-109");
    }

    @Test
    void a_request_that_is_not_answered_is_repeated_and_given_up_in_time() {
        use(settings().attemptTimeout(Duration.ofMillis(300)).requestTimeout(Duration.ofSeconds(20)));
        server.store("key", BYTES);
        server.answer(HANGS, FINE);
        assertThat(read(0, 1000)).isEqualTo(BYTES);

        server.always(HANGS);
        assertThat(failure(() -> read(0, 1000))).isInstanceOf(RequestTimeoutException.class);
    }

    @Test
    void the_total_timeout_ends_a_request_whatever_its_attempts_do() {
        use(settings().attemptTimeout(Duration.ofMillis(400)).requestTimeout(Duration.ofMillis(400)));
        server.always(HANGS);

        assertThat(failure(() -> read(0, 1000))).isInstanceOf(RequestTimeoutException.class);
    }

    @Test
    void a_part_that_fails_ends_the_upload_and_removes_the_others() {
        server.answer(FINE, FINE, ACCESS_DENIED);

        assertThat(failure(() -> upload(Bytes.random(3, 4 * PART)))).isInstanceOf(StoreAccessDeniedException.class);

        eventually(() -> requested("DELETE key?uploadId"));
        assertThat(server.stored("key")).isNull();
    }

    @Test
    void a_cancelled_upload_removes_its_parts() {
        server.answer(FINE, FINE, HANGS, HANGS, HANGS);
        CompletableFuture<PutResult> upload =
                store.uploadIfAbsent("key", ObjectContent.of(ByteBuffer.wrap(Bytes.random(4, 4 * PART))));
        eventually(() -> server.requests().size() >= 3);

        upload.cancel(true);
        server.always(FINE);

        eventually(() -> requested("DELETE key?uploadId"));
        assertThat(server.stored("key")).isNull();
    }

    @Test
    void uploads_hold_no_more_parts_than_fit_into_their_memory() {
        byte[] bytes = Bytes.random(5, 6 * PART);

        assertThat(upload(bytes)).isEqualTo(PutResult.CREATED);

        assertThat(server.mostActive()).isBetween(1, 2);
        assertThat(server.stored("key")).isEqualTo(bytes);
    }

    @Test
    void no_more_requests_are_sent_at_once_than_allowed() {
        use(settings().requestsInFlight(3));
        server.store("key", BYTES);

        List<CompletableFuture<StoredObject>> heads =
                IntStream.range(0, 50).mapToObj(i -> store.head("key")).toList();
        heads.forEach(RealTime::await);

        assertThat(server.mostActive()).isBetween(1, 3);
    }

    @Test
    void a_call_that_is_cancelled_while_it_waits_for_its_turn_is_not_sent() {
        use(settings().requestsInFlight(1));
        server.answer(HANGS);
        CompletableFuture<StoredObject> first = store.head("first");
        CompletableFuture<StoredObject> second = store.head("second");
        eventually(() -> server.requests().size() == 1);

        second.cancel(true);
        first.cancel(true);
        server.store("third", BYTES);
        await(store.head("third"));

        assertThat(server.requests())
                .extracting(ScriptedS3.Request::key)
                .contains("third")
                .doesNotContain("second");
    }

    @Test
    void closing_ends_what_is_under_way() {
        server.always(HANGS);
        CompletableFuture<ObjectRange> get = store.get("key", 0, ByteBuffer.allocate(10));
        CompletableFuture<PutResult> put = store.putIfAbsent("key", ByteBuffer.wrap(BYTES));

        store.close();

        assertThatThrownBy(() -> await(get)).hasCauseInstanceOf(ClosedStoreException.class);
        assertThatThrownBy(() -> await(put)).hasCauseInstanceOf(ClosedStoreException.class);
    }

    @Test
    void every_object_is_sent_with_what_the_settings_say() {
        use(settings()
                .storageClass("STANDARD_IA")
                .encryption(ServerSideEncryption.KMS)
                .kmsKeyId("key-id")
                .bucketOwner("123456789012"));

        put();
        await(store.uploadIfAbsent("large", ObjectContent.of(ByteBuffer.wrap(new byte[PART + 1]))));

        ScriptedS3.Request put = server.requests().get(0);
        ScriptedS3.Request create = server.requests().get(1);
        assertThat(put.header("If-None-Match")).isEqualTo("*");
        assertThat(put.header("x-amz-checksum-crc32c")).isEqualTo(Crc32c.header(Crc32c.of(ByteBuffer.wrap(BYTES))));
        for (ScriptedS3.Request request : List.of(put, create)) {
            assertThat(request.header("x-amz-storage-class")).isEqualTo("STANDARD_IA");
            assertThat(request.header("x-amz-server-side-encryption")).isEqualTo("aws:kms");
            assertThat(request.header("x-amz-server-side-encryption-aws-kms-key-id"))
                    .isEqualTo("key-id");
        }
        assertThat(server.requests())
                .allSatisfy(request -> assertThat(request.header("x-amz-expected-bucket-owner"))
                        .isEqualTo("123456789012"));
        ScriptedS3.Request complete = server.requests().get(server.requests().size() - 1);
        assertThat(complete.toString()).isEqualTo("POST large?uploadId");
        assertThat(complete.header("If-None-Match")).isEqualTo("*");
    }

    private PutResult put() {
        return await(store.putIfAbsent("key", Bytes.direct(BYTES)));
    }

    private PutResult upload(byte[] bytes) {
        return await(store.uploadIfAbsent("key", ObjectContent.of(ByteBuffer.wrap(bytes))));
    }

    private byte[] read(long offset, int length) {
        ByteBuffer target = ByteBuffer.allocateDirect(length);
        await(store.get("key", offset, target));
        return Bytes.of(target);
    }

    private boolean requested(String request) {
        return server.requests().stream().anyMatch(each -> each.toString().equals(request));
    }

    private static ObjectStoreException failure(Runnable call) {
        try {
            call.run();
        } catch (CompletionException e) {
            return (ObjectStoreException) e.getCause();
        }
        throw new AssertionError("it didn't fail");
    }
}
