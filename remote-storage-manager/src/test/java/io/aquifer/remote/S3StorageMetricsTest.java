package io.aquifer.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.metrics.Jmx;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.junit.jupiter.api.Test;

/** What a storage manager and its cache show over JMX. */
class S3StorageMetricsTest extends S3StorageFixture {

    private static final int CACHE_CHUNK = 1 << 16;
    private static final int LENGTH = 5 * CACHE_CHUNK;

    @Override
    Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>(super.settings());
        settings.put("aquifer.s3.cache.bytes", 2 * CACHE_CHUNK);
        settings.put("aquifer.s3.cache.chunk.bytes", CACHE_CHUNK);
        settings.put("aquifer.s3.cache.read.ahead.bytes", 0);
        return settings;
    }

    @Test
    void copied_segments_are_counted_with_the_bytes_of_their_objects() throws Exception {
        S3RemoteStorageManager manager = manager();

        copy(manager, segment(1000));
        copy(manager, segment(2000));

        assertThat(Jmx.count("type=RemoteStorage,name=SegmentsCopiedPerSec")).isEqualTo(2);
        assertThat(Jmx.count("type=RemoteStorage,name=SegmentBytesCopiedPerSec"))
                .isEqualTo(bucket.bucket().keys().stream()
                        .mapToLong(key -> bucket.head(key).join().length())
                        .sum());
        assertThat(Jmx.count("type=RemoteStorage,name=SegmentCopyTimeMs")).isEqualTo(2);
    }

    @Test
    void deletions_that_are_not_done_are_seen() throws Exception {
        S3RemoteStorageManager manager = manager(Stores.answering(bucket, new Stores.Hanging("delete")));
        assertThat(Jmx.value("type=RemoteStorage,name=DeletionsPending")).isZero();

        manager.deleteLogSegmentData(copy(manager, segment(1000)));

        assertThat(Jmx.value("type=RemoteStorage,name=DeletionsPending")).isEqualTo(1);
    }

    @Test
    void the_cache_shows_what_it_holds_and_what_became_of_reads() throws Exception {
        S3RemoteStorageManager manager = manager();
        RemoteLogSegmentMetadata copied = copy(manager, segment(LENGTH));

        try (InputStream stream = manager.fetchLogSegment(copied, 0)) {
            assertThat(stream.readAllBytes()).hasSize(LENGTH);
        }
        manager.fetchLogSegment(copied, LENGTH - 1).close();

        assertThat(cacheCount("HitsPerSec") + cacheCount("MissesPerSec")).isEqualTo(6);
        assertThat(cacheCount("HitsPerSec")).isPositive();
        assertThat(cacheCount("FetchedBytesPerSec")).isEqualTo(LENGTH);
        assertThat(cacheCount("EvictionsPerSec")).isEqualTo(3);
        assertThat(cacheCount("EvictedBytesPerSec")).isEqualTo(3 * CACHE_CHUNK);
        assertThat(Jmx.value("type=ChunkCache,name=MemoryLimitBytes")).isEqualTo(2 * CACHE_CHUNK);
        assertThat(Jmx.value("type=ChunkCache,name=MemoryUsedBytes")).isEqualTo(2 * CACHE_CHUNK);
        assertThat(Jmx.value("type=ChunkCache,name=MemoryAllocatedBytes")).isEqualTo(2 * CACHE_CHUNK);
        assertThat(Jmx.value("type=ChunkCache,name=FetchesInFlight")).isZero();
    }

    @Test
    void nothing_is_left_of_a_manager_that_was_closed_and_all_of_another() throws Exception {
        S3RemoteStorageManager first = manager();
        copy(first, segment(1000));
        S3RemoteStorageManager second = second();
        copy(second, segment(1000));

        second.close();
        assertThat(Jmx.count("type=RemoteStorage,name=SegmentsCopiedPerSec")).isEqualTo(1);
        assertThat(Jmx.value("type=ChunkCache,name=MemoryLimitBytes")).isEqualTo(2 * CACHE_CHUNK);

        first.close();
        assertThat(Jmx.names("RemoteStorage")).isEmpty();
        assertThat(Jmx.names("ChunkCache")).isEmpty();
    }

    /** Another broker in this JVM. */
    private S3RemoteStorageManager second() {
        S3RemoteStorageManager manager = new S3RemoteStorageManager(() -> {}, config -> unclosed(bucket));
        Map<String, Object> settings = new HashMap<>(settings());
        settings.put("aquifer.deletions.path", folder.resolve("deletions-2").toString());
        manager.configure(settings);
        return manager;
    }

    private static long cacheCount(String name) {
        return Jmx.count("type=ChunkCache,name=" + name);
    }
}
