package io.aquifer.object;

import static io.aquifer.object.RealTime.await;
import static io.aquifer.object.RealTime.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who waits for the limits of bytes per second, and who doesn't. */
class S3TransferLimitTest {

    private static final int PART = ObjectStoreSettings.MIN_PART_BYTES;
    private static final byte[] BYTES = Bytes.random(1, 1000);

    private final HeldLimit upload = new HeldLimit();
    private final HeldLimit download = new HeldLimit();
    private final AtomicBoolean ended = new AtomicBoolean();
    private ScriptedS3 server;
    private S3ObjectStore store;

    @BeforeEach
    void start() throws IOException {
        server = new ScriptedS3();
        store = new S3ObjectStore(
                settings().build(),
                EmbeddedS3.credentials(),
                ObjectStoreObserver.NONE,
                new TransferLimits(upload, download, () -> ended.set(true)));
    }

    /** One request at a time: whoever holds it while waiting keeps all others from being sent. */
    private ObjectStoreSettings.Builder settings() {
        return ObjectStoreSettings.builder("bucket")
                .endpoint(server.endpoint())
                .pathStyle(true)
                .partBytes(PART)
                .uploadMemoryBytes(2 * PART)
                .requestsInFlight(1);
    }

    @AfterEach
    void stop() {
        store.close();
        server.close();
    }

    @Test
    void a_body_is_not_asked_for_before_its_turn_and_nothing_else_waits_with_it() {
        server.store("key", BYTES);
        ByteBuffer target = ByteBuffer.allocate(100);
        CompletableFuture<ObjectRange> get = store.get("key", 10, target);

        await(store.head("key"));
        assertThat(server.requests()).extracting(Object::toString).containsExactly("HEAD key");
        assertThat(download.asked()).containsExactly(100L);

        download.open();
        assertThat(await(get).length()).isEqualTo(100);
        assertThat(upload.asked()).isEmpty();
    }

    @Test
    void a_body_is_not_sent_before_its_turn_and_reading_goes_on() {
        server.store("other", BYTES);
        CompletableFuture<PutResult> put = store.putIfAbsent("key", ByteBuffer.wrap(BYTES));
        download.open();

        await(store.getTail("other", ByteBuffer.allocate(10)));
        assertThat(server.stored("key")).isNull();
        assertThat(upload.asked()).containsExactly(1000L);

        upload.open();
        assertThat(await(put)).isEqualTo(PutResult.CREATED);
        assertThat(server.stored("key")).isEqualTo(BYTES);
    }

    @Test
    void the_parts_of_an_upload_wait_each_for_itself() {
        byte[] bytes = Bytes.random(2, 3 * PART + 7);
        upload.open();

        assertThat(await(store.uploadIfAbsent("key", ObjectContent.of(ByteBuffer.wrap(bytes)))))
                .isEqualTo(PutResult.CREATED);

        assertThat(upload.asked()).containsExactlyInAnyOrder((long) PART, (long) PART, (long) PART, 7L);
        assertThat(server.stored("key")).isEqualTo(bytes);
    }

    @Test
    void reading_back_what_exists_is_limited_too() {
        server.store("key", BYTES);
        upload.open();
        download.open();

        assertThat(await(store.putIfAbsent("key", ByteBuffer.wrap(BYTES)))).isEqualTo(PutResult.SAME_EXISTS);

        assertThat(download.asked()).containsExactly(1000L);
    }

    @Test
    void a_read_that_is_cancelled_stops_waiting_and_is_never_sent() {
        server.store("key", BYTES);
        CompletableFuture<ObjectRange> get = store.get("key", 0, ByteBuffer.allocate(10));

        get.cancel(true);

        assertThat(download.turns())
                .singleElement()
                .satisfies(turn -> assertThat(turn).isCancelled());
        download.open();
        await(store.head("key"));
        assertThat(server.requests()).extracting(Object::toString).containsExactly("HEAD key");
    }

    @Test
    void an_upload_that_is_cancelled_gives_back_the_memory_it_waited_with() {
        CompletableFuture<PutResult> waiting =
                store.uploadIfAbsent("key", ObjectContent.of(ByteBuffer.wrap(new byte[4 * PART])));
        eventually(() -> upload.turns().size() == 2);

        waiting.cancel(true);
        upload.open();

        byte[] bytes = Bytes.random(3, 2 * PART);
        assertThat(await(store.uploadIfAbsent("next", ObjectContent.of(ByteBuffer.wrap(bytes)))))
                .isEqualTo(PutResult.CREATED);
        assertThat(server.stored("key")).isNull();
    }

    @Test
    void closing_ends_the_waiting_and_then_the_limits() {
        CompletableFuture<ObjectRange> get = store.get("key", 0, ByteBuffer.allocate(10));
        CompletableFuture<PutResult> put = store.putIfAbsent("key", ByteBuffer.wrap(BYTES));

        store.close();

        assertThatThrownBy(() -> await(get)).hasCauseInstanceOf(ClosedStoreException.class);
        assertThatThrownBy(() -> await(put)).hasCauseInstanceOf(ClosedStoreException.class);
        assertThat(ended).isTrue();
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void the_limits_that_the_settings_say_are_kept_by_a_thread_of_their_own() {
        List<String> waited = new CopyOnWriteArrayList<>();
        ObjectStoreSettings limited =
                settings().downloadBytesPerSecond(1000 << 10).build();
        try (S3ObjectStore real = new S3ObjectStore(
                limited,
                EmbeddedS3.credentials(),
                new ObjectStoreObserver() {
                    @Override
                    public void waitedToReceive(long nanos) {
                        waited.add(Thread.currentThread().getName());
                    }
                },
                TransferLimits.of(limited))) {
            server.store("key", Bytes.random(3, 1000 << 10));
            long start = System.nanoTime();
            CompletableFuture<ObjectRange> first = real.get("key", 0, ByteBuffer.allocate(1000 << 10));
            CompletableFuture<ObjectRange> second = real.get("key", 0, ByteBuffer.allocate(200 << 10));

            await(first);
            await(second);

            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(200));
            assertThat(waited).singleElement().asString().startsWith("aquifer-s3-limits");
        }
    }
}
