package io.aquifer.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What reading costs, counted: heap that is allocated, and requests to the store. */
class ChunkCacheBudgetTest {

    private static final int MIB = 1 << 20;

    /** Of sequential reads, with 8 MiB chunks: 128 chunks and a little. */
    private static final int GETS_PER_GIB = 140;

    private static final int HEAP_BYTES_PER_MIB = 64 << 10;

    private final ManualStore store = new ManualStore();

    private ChunkCache cacheOf(ChunkCacheSettings settings) {
        store.onGet(ManualStore.Get::succeed);
        return new ChunkCache(store, settings, Runnable::run, ChunkCacheObserver.NONE);
    }

    private static CachedObject unverified(String key, long length) {
        return new CachedObject(key, length, (offset, chunk) -> {});
    }

    /**
     * Reads as a consumer's fetches do: each begins at an entry of the offset index, a little before the end of the one before,
     * and is closed early.
     */
    private static long fetch(ChunkCache cache, CachedObject object, long position, byte[] buffer) throws IOException {
        long from = Math.max(0, position - (4 << 10));
        try (InputStream stream = cache.open(object, from, object.length())) {
            return from + stream.readNBytes(buffer, 0, buffer.length);
        }
    }

    @Test
    void aGibiByteReadByFetchesOfAMebibyteTakesFewGets() throws Exception {
        CachedObject object = unverified("segment/a", 1L << 30);
        byte[] buffer = new byte[MIB];
        try (ChunkCache cache = cacheOf(
                new ChunkCacheSettings(8 * MIB, 96L * MIB, 64L * MIB, Duration.ofSeconds(5), Duration.ofSeconds(60)))) {
            long position = 0;
            while (position < object.length()) {
                position = fetch(cache, object, position, buffer);
            }
        }
        assertThat(store.gets()).hasSizeBetween(128, GETS_PER_GIB);
    }

    @Test
    void sixteenPartitionsAtOnceTakeFewGetsEach() throws Exception {
        int chunk = 64 << 10;
        CachedObject[] objects = new CachedObject[16];
        long[] positions = new long[objects.length];
        for (int i = 0; i < objects.length; i++) {
            objects[i] = unverified("segment/" + i, 128L * chunk);
        }
        byte[] buffer = new byte[chunk / 8];
        try (ChunkCache cache = cacheOf(new ChunkCacheSettings(
                chunk, 64L * chunk, 8L * chunk, Duration.ofSeconds(5), Duration.ofSeconds(60)))) {
            boolean unfinished = true;
            while (unfinished) {
                unfinished = false;
                for (int i = 0; i < objects.length; i++) {
                    if (positions[i] < objects[i].length()) {
                        positions[i] = fetch(cache, objects[i], positions[i], buffer);
                        unfinished = true;
                    }
                }
            }
        }
        assertThat(store.gets()).hasSizeBetween(16 * 128, 16 * GETS_PER_GIB);
    }

    @Test
    void aMebibyteServedFromTheCacheTakesLittleHeap() throws Exception {
        CachedObject object = unverified("segment/a", 64L * MIB);
        byte[] buffer = new byte[MIB];
        try (ChunkCache cache = cacheOf(
                new ChunkCacheSettings(8 * MIB, 96L * MIB, 64L * MIB, Duration.ofSeconds(5), Duration.ofSeconds(60)))) {
            readAll(cache, object, buffer);
            int gets = store.gets().size();
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long thread = Thread.currentThread().getId();

            long before = threads.getThreadAllocatedBytes(thread);
            readAll(cache, object, buffer);
            long allocated = threads.getThreadAllocatedBytes(thread) - before;

            assertThat(store.gets()).hasSize(gets);
            assertThat(allocated / 64).isLessThanOrEqualTo(HEAP_BYTES_PER_MIB);
        }
    }

    private static void readAll(ChunkCache cache, CachedObject object, byte[] buffer) throws IOException {
        for (long position = 0; position < object.length(); ) {
            position = fetch(cache, object, position, buffer);
        }
    }
}
