package io.aquifer.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.format.DamagedObjectException;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.SimulatedCall;
import io.aquifer.object.SimulatedFault;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteStorageException;
import org.apache.kafka.server.log.remote.storage.RemoteStorageManager.IndexType;
import org.apache.kafka.server.log.remote.storage.RetriableRemoteStorageException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Kafka sees of a store in trouble. */
class S3StorageTroubleTest extends S3StorageFixture {

    private static final int LENGTH = 1_000_000;

    @ParameterizedTest
    @EnumSource(
            value = SimulatedFault.class,
            names = {"THROTTLED", "TIMED_OUT", "LOST_REQUEST", "LOST_ANSWER"})
    void passing_trouble_is_retriable_and_passes(SimulatedFault fault) throws Exception {
        LocalSegment segment = segment(LENGTH);
        S3RemoteStorageManager manager = manager();

        bucket.faults().next(SimulatedCall.Kind.UPLOAD, fault);
        assertRetriable(() -> copy(manager, segment));
        RemoteLogSegmentMetadata copied = copy(manager, segment);

        bucket.faults().next(SimulatedCall.Kind.GET, fault);
        assertRetriable(() -> manager.fetchLogSegment(copied, 0));
        bucket.faults().next(SimulatedCall.Kind.GET, fault);
        assertRetriable(() -> manager.fetchIndex(copied, IndexType.OFFSET));
        try (InputStream stream = manager.fetchLogSegment(copied, 0)) {
            assertThat(stream.readAllBytes()).isEqualTo(segment.data());
        }
    }

    private static void assertRetriable(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(RetriableRemoteStorageException.class);
    }

    @Test
    void trouble_that_somebody_must_end_is_not_retriable() throws Exception {
        LocalSegment segment = segment(LENGTH);
        S3RemoteStorageManager manager = manager();
        bucket.faults().next(SimulatedCall.Kind.UPLOAD, SimulatedFault.DENIED);

        assertThatThrownBy(() -> copy(manager, segment)).isExactlyInstanceOf(RemoteStorageException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void no_error_leaves_a_call(boolean throwing) throws Exception {
        Error error = new StackOverflowError("too deep");
        ObjectStore store = Stores.answering(bucket, called -> {
            if (called.equals("close") || called.equals("name") || called.equals("delete")) {
                return null;
            }
            if (throwing) {
                throw error;
            }
            return CompletableFuture.failedFuture(error);
        });
        LocalSegment segment = segment(LENGTH);
        RemoteLogSegmentMetadata copied = segment.copied(Optional.empty());
        S3RemoteStorageManager manager = manager(store);

        for (ThrowingCallable call : new ThrowingCallable[] {
            () -> copy(manager, segment),
            () -> manager.fetchLogSegment(copied, 0),
            () -> manager.fetchLogSegment(copied, 0, 1),
            () -> manager.fetchIndex(copied, IndexType.OFFSET)
        }) {
            assertThatThrownBy(call)
                    .isExactlyInstanceOf(RemoteStorageException.class)
                    .hasMessageContaining("too deep");
        }
    }

    @Test
    void no_error_leaves_a_stream() throws Exception {
        LocalSegment segment = segment(LENGTH);
        AtomicInteger gets = new AtomicInteger();
        S3RemoteStorageManager manager = manager(Stores.answering(bucket, called -> {
            if (called.equals("get") && gets.incrementAndGet() > 2) {
                throw new NoClassDefFoundError("gone");
            }
            return null;
        }));

        try (InputStream stream = manager.fetchLogSegment(copy(manager, segment), 0)) {
            assertThatThrownBy(stream::readAllBytes)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("gone");
        }
    }

    @Test
    void memory_that_ran_out_is_passing_trouble() throws Exception {
        LocalSegment segment = segment(LENGTH);
        S3RemoteStorageManager manager = manager(Stores.answering(bucket, called -> {
            if (called.equals("uploadIfAbsent")) {
                throw new OutOfMemoryError("direct memory");
            }
            return null;
        }));

        assertRetriable(() -> copy(manager, segment));
    }

    @Test
    void an_open_ended_read_does_not_read_to_the_end() throws Exception {
        LocalSegment segment = segment(LENGTH);
        S3RemoteStorageManager manager = manager();
        RemoteLogSegmentMetadata copied = copy(manager, segment);

        try (InputStream stream = manager.fetchLogSegment(copied, 100)) {
            assertThat(stream.readNBytes(1000)).isEqualTo(Arrays.copyOfRange(segment.data(), 100, 1100));
        }

        assertThat(calls(SimulatedCall.Kind.GET)).as("the index and one range").isEqualTo(2);
    }

    @Test
    void closing_a_stream_ends_its_read() throws Exception {
        LocalSegment segment = segment(LENGTH);
        AtomicInteger gets = new AtomicInteger();
        CompletableFuture<Object> hanging = new CompletableFuture<>();
        S3RemoteStorageManager manager = manager(Stores.answering(
                bucket, called -> called.equals("get") && gets.incrementAndGet() > 2 ? hanging : null));
        InputStream stream = manager.fetchLogSegment(copy(manager, segment), 0);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread reader = new Thread(() -> {
            try {
                stream.readAllBytes();
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        reader.start();
        Stores.awaitUntil(() -> gets.get() == 3);

        stream.close();

        reader.join(30_000);
        assertThat(hanging).isCancelled();
        assertThat(failure.get()).isInstanceOf(IOException.class);
        assertThatThrownBy(stream::read).isInstanceOf(IOException.class).hasMessageContaining("closed");
    }

    @Test
    void an_interrupt_ends_an_upload_and_is_passed_on() throws Exception {
        LocalSegment segment = segment(LENGTH);
        CompletableFuture<?> hanging = new CompletableFuture<>();
        S3RemoteStorageManager manager = manager(interrupting("uploadIfAbsent", hanging));

        assertRetriable(() -> copy(manager, segment));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(hanging).isCancelled();
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "getTail"})
    void an_interrupt_ends_the_wait_for_an_index_and_is_passed_on(String method) throws Exception {
        LocalSegment segment = segment(LENGTH);
        S3RemoteStorageManager manager = manager(interrupting(method, new CompletableFuture<>()));
        RemoteLogSegmentMetadata copied = method.equals("get") ? copy(manager(), segment) : segment.metadata();

        assertRetriable(() -> manager.fetchLogSegment(copied, 0));

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void an_interrupt_before_the_upload_is_passing_trouble() throws Exception {
        LocalSegment segment = segment(LENGTH);
        S3RemoteStorageManager manager = manager();

        Thread.currentThread().interrupt();
        assertRetriable(() -> copy(manager, segment));

        assertThat(Thread.interrupted()).isTrue();
    }

    /** A store in which this thread is interrupted as soon as it waits for a call. */
    private ObjectStore interrupting(String method, CompletableFuture<?> hanging) {
        return Stores.answering(bucket, called -> {
            if (!called.equals(method)) {
                return null;
            }
            Thread.currentThread().interrupt();
            return hanging;
        });
    }

    @Test
    void an_interrupt_in_the_middle_of_a_stream_cancels_the_request() throws Exception {
        LocalSegment segment = segment(LENGTH);
        AtomicInteger gets = new AtomicInteger();
        CompletableFuture<Object> hanging = new CompletableFuture<>();
        S3RemoteStorageManager manager = manager(Stores.answering(
                bucket, called -> called.equals("get") && gets.incrementAndGet() > 2 ? hanging : null));
        InputStream stream = manager.fetchLogSegment(copy(manager, segment), 0);
        stream.readNBytes(FETCH);

        Thread.currentThread().interrupt();
        assertThatThrownBy(stream::read).isInstanceOf(IOException.class);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(hanging).isCancelled();
    }

    @Test
    void data_that_is_gone_fails_the_read_and_is_no_end() throws Exception {
        LocalSegment segment = segment(LENGTH);
        S3RemoteStorageManager manager = manager();
        InputStream stream = manager.fetchLogSegment(copy(manager, segment), 0);
        byte[] object = bucket.bucket().bytes(onlyKey());
        String key = onlyKey();
        bucket.bucket().remove(key);
        bucket.bucket().create(key, Arrays.copyOf(object, FETCH + 10), Instant.EPOCH);

        assertThat(stream.readNBytes(FETCH)).isEqualTo(Arrays.copyOf(segment.data(), FETCH));
        assertThatThrownBy(stream::read).isInstanceOf(IOException.class).hasMessageContaining(key);
    }

    @Test
    void a_damaged_byte_fails_the_read_of_its_chunk_before_any_of_it_is_given_away() throws Exception {
        LocalSegment segment = segment(LENGTH);
        S3RemoteStorageManager manager = manager();
        RemoteLogSegmentMetadata copied = copy(manager, segment);
        bucket.bucket().damage(onlyKey(), 2 * FETCH + 5);

        InputStream stream = manager.fetchLogSegment(copied, 0);

        assertThat(stream.readNBytes(2 * FETCH)).isEqualTo(Arrays.copyOf(segment.data(), 2 * FETCH));
        assertThatThrownBy(stream::read)
                .isInstanceOf(DamagedObjectException.class)
                .hasMessageContaining("DATA");
    }

    @Test
    void a_damaged_index_is_not_given_to_kafka() throws Exception {
        LocalSegment segment = segment(LENGTH);
        S3RemoteStorageManager manager = manager();
        RemoteLogSegmentMetadata copied = copy(manager, segment);
        bucket.bucket().damage(onlyKey(), LENGTH + 3);

        assertThatThrownBy(() -> manager.fetchIndex(copied, IndexType.OFFSET))
                .isExactlyInstanceOf(RemoteStorageException.class)
                .hasCauseInstanceOf(DamagedObjectException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, LENGTH, LENGTH + 1, Integer.MAX_VALUE})
    void a_read_from_where_nothing_is_fails_instead_of_ending_at_once(int from) throws Exception {
        LocalSegment segment = segment(LENGTH);
        S3RemoteStorageManager manager = manager();
        RemoteLogSegmentMetadata copied = copy(manager, segment);

        assertThatThrownBy(() -> manager.fetchLogSegment(copied, from))
                .isExactlyInstanceOf(RemoteStorageException.class)
                .hasMessageContaining("holds " + LENGTH + " bytes");
    }

    @Test
    void an_object_with_less_than_its_metadata_promises_is_not_read() throws Exception {
        LocalSegment segment = segment(LENGTH);
        S3RemoteStorageManager manager = manager();
        copy(manager, segment);
        RemoteLogSegmentMetadata real = segment.metadata();
        RemoteLogSegmentMetadata longer = new RemoteLogSegmentMetadata(
                real.remoteLogSegmentId(),
                real.startOffset(),
                real.endOffset(),
                real.maxTimestampMs(),
                real.brokerId(),
                real.eventTimestampMs(),
                LENGTH + 1,
                real.segmentLeaderEpochs());

        assertThatThrownBy(() -> manager.fetchLogSegment(longer, 0))
                .isExactlyInstanceOf(RemoteStorageException.class)
                .hasMessageContaining("metadata says " + (LENGTH + 1));
    }
}
