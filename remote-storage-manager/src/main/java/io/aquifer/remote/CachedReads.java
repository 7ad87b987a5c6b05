package io.aquifer.remote;

import io.aquifer.cache.CachedObject;
import io.aquifer.cache.ChunkCache;
import io.aquifer.cache.ChunkCacheSettings;
import io.aquifer.format.Composites;
import io.aquifer.format.OpenedSegment;
import io.aquifer.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Reads through a cache of chunks, which are verified once, when they arrive. */
final class CachedReads implements SegmentReads {

    private final SegmentReads direct;
    private final int chunkBytes;
    private final ObjectStore store;
    private final Composites composites;
    private final ExecutorService verification;
    private final CacheMetrics metrics;
    private final ChunkCache cache;

    /** @param direct for segments whose checksums cover more than a chunk of the cache; closed with this */
    CachedReads(ObjectStore store, Composites composites, ChunkCacheSettings settings, SegmentReads direct) {
        this.direct = direct;
        this.chunkBytes = settings.chunkBytes();
        this.store = store;
        this.composites = composites;
        this.verification =
                Executors.newFixedThreadPool(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), task -> {
                    Thread thread = new Thread(task, "aquifer-s3-verification");
                    thread.setDaemon(true);
                    return thread;
                });
        this.metrics = new CacheMetrics(settings.memoryBytes());
        this.cache = new ChunkCache(store, settings, verification, metrics);
        metrics.observe(cache);
    }

    @Override
    public InputStream open(OpenedSegment segment, long from, long to) throws IOException {
        SegmentRanges ranges = SegmentRanges.of(store, composites, segment, verification);
        if (ranges.chunkBytes() > chunkBytes) {
            return direct.open(segment, from, to);
        }
        CachedObject data = new CachedObject(segment.key(), ranges.length(), ranges::get, ranges::verify);
        InputStream stream = cache.open(data, from, to);
        try {
            PushbackInputStream begun = new PushbackInputStream(stream, 1);
            begun.unread(begun.read());
            return begun;
        } catch (Throwable e) {
            stream.close();
            throw e;
        }
    }

    @Override
    public void forget(String key) {
        cache.invalidate(key);
    }

    @Override
    public void close() {
        metrics.close();
        cache.close();
        verification.shutdown();
        direct.close();
    }
}
