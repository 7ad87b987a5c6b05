package io.aquifer.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.object.SimulatedCall;
import io.aquifer.object.SimulatedFault;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteResourceNotFoundException;
import org.apache.kafka.server.log.remote.storage.RetriableRemoteStorageException;
import org.junit.jupiter.api.Test;

/** Reads through the cache keep what reads without it promise. */
class S3CachedReadsTest extends S3StorageFixture {

    private static final int LENGTH = 1_000_000;
    private static final int CACHE_CHUNK = 1 << 16;

    @Override
    Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>(super.settings());
        settings.put("aquifer.s3.cache.bytes", 20 * CACHE_CHUNK);
        settings.put("aquifer.s3.cache.chunk.bytes", CACHE_CHUNK);
        settings.put("aquifer.s3.cache.read.ahead.bytes", 0);
        return settings;
    }

    @Test
    void a_chunk_that_was_read_is_not_asked_for_again() throws Exception {
        LocalSegment segment = segment(LENGTH);
        S3RemoteStorageManager manager = manager();
        RemoteLogSegmentMetadata copied = copy(manager, segment);

        for (int i = 0; i < 2; i++) {
            try (InputStream stream = manager.fetchLogSegment(copied, 123)) {
                assertThat(stream.readAllBytes()).isEqualTo(Arrays.copyOfRange(segment.data(), 123, LENGTH));
            }
        }

        assertThat(calls(SimulatedCall.Kind.GET)).isEqualTo(1 + (LENGTH + CACHE_CHUNK - 1) / CACHE_CHUNK);
    }

    @Test
    void a_range_ends_where_it_was_asked_to() throws Exception {
        LocalSegment segment = segment(LENGTH);
        S3RemoteStorageManager manager = manager();

        try (InputStream stream = manager.fetchLogSegment(copy(manager, segment), 70_000, 70_009)) {
            assertThat(stream.readAllBytes()).isEqualTo(Arrays.copyOfRange(segment.data(), 70_000, 70_010));
        }
        assertThat(calls(SimulatedCall.Kind.GET)).isEqualTo(2);
    }

    @Test
    void passing_trouble_is_retriable_and_passes() throws Exception {
        LocalSegment segment = segment(LENGTH);
        S3RemoteStorageManager manager = manager();
        RemoteLogSegmentMetadata copied = copy(manager, segment);
        manager.fetchLogSegment(copied, LENGTH - 1).close();

        bucket.faults().next(SimulatedCall.Kind.GET, SimulatedFault.THROTTLED);
        assertThatThrownBy(() -> manager.fetchLogSegment(copied, 0))
                .isInstanceOf(RetriableRemoteStorageException.class);
        try (InputStream stream = manager.fetchLogSegment(copied, 0)) {
            assertThat(stream.readAllBytes()).isEqualTo(segment.data());
        }
    }

    @Test
    void a_damaged_byte_fails_the_read() throws Exception {
        LocalSegment segment = segment(LENGTH);
        S3RemoteStorageManager manager = manager();
        RemoteLogSegmentMetadata copied = copy(manager, segment);
        bucket.bucket().damage(onlyKey(), CACHE_CHUNK + 5);

        InputStream stream = manager.fetchLogSegment(copied, 0);

        assertThat(stream.readNBytes(CACHE_CHUNK)).isEqualTo(Arrays.copyOf(segment.data(), CACHE_CHUNK));
        assertThatThrownBy(stream::read).isInstanceOf(IOException.class);
        stream.close();
    }

    @Test
    void what_is_cached_of_a_deleted_segment_is_not_served() throws Exception {
        LocalSegment segment = segment(LENGTH);
        S3RemoteStorageManager manager = manager();
        RemoteLogSegmentMetadata copied = copy(manager, segment);
        manager.fetchLogSegment(copied, 0).close();

        manager.deleteLogSegmentData(copied);

        Stores.awaitUntil(() -> bucket.bucket().keys().isEmpty());
        assertThatThrownBy(() -> manager.fetchLogSegment(copied, 0))
                .isInstanceOf(RemoteResourceNotFoundException.class);
    }

    @Test
    void a_segment_with_larger_checksummed_chunks_than_the_cache_has_is_read_directly() throws Exception {
        LocalSegment segment = segment(LENGTH);
        RemoteLogSegmentMetadata copied;
        try (S3RemoteStorageManager writer = new S3RemoteStorageManager(() -> {}, config -> unclosed(bucket))) {
            Map<String, Object> settings = new HashMap<>(settings());
            settings.put("aquifer.s3.chunk.bytes", 2 * CACHE_CHUNK);
            writer.configure(settings);
            copied = copy(writer, segment);
        }

        try (InputStream stream = manager().fetchLogSegment(copied, 0)) {
            assertThat(stream.readAllBytes()).isEqualTo(segment.data());
        }
    }
}
