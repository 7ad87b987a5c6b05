package io.aquifer.remote;

import com.yammer.metrics.core.Histogram;
import com.yammer.metrics.core.Meter;
import io.aquifer.cache.ChunkCache;
import io.aquifer.cache.ChunkCacheObserver;
import io.aquifer.metrics.InstanceMetrics;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What a chunk cache does, as metrics of type {@code ChunkCache}. */
final class CacheMetrics implements ChunkCacheObserver, AutoCloseable {

    private final InstanceMetrics metrics;
    private final Meter hits;
    private final Meter misses;
    private final Meter fetchedBytes;
    private final Meter fetchFailures;
    private final Meter fetchCancellations;
    private final Meter evictions;
    private final Meter evictedBytes;
    private final Meter readAheadUsedBytes;
    private final Meter readAheadWastedBytes;
    private final Meter memoryRefusals;
    private final Histogram memoryWaitMicros;
    private final Histogram chunkWaitMicros;

    /** @param memoryBytes most that the cache may hold */
    CacheMetrics(long memoryBytes) {
        metrics = new InstanceMetrics("ChunkCache", Map.of(), "MemoryLimitBytes", () -> memoryBytes);
        hits = metrics.meter("HitsPerSec", "chunks");
        misses = metrics.meter("MissesPerSec", "chunks");
        fetchedBytes = metrics.meter("FetchedBytesPerSec", "bytes");
        fetchFailures = metrics.meter("FetchFailuresPerSec", "chunks");
        fetchCancellations = metrics.meter("FetchCancellationsPerSec", "chunks");
        evictions = metrics.meter("EvictionsPerSec", "chunks");
        evictedBytes = metrics.meter("EvictedBytesPerSec", "bytes");
        readAheadUsedBytes = metrics.meter("ReadAheadUsedBytesPerSec", "bytes");
        readAheadWastedBytes = metrics.meter("ReadAheadWastedBytesPerSec", "bytes");
        memoryRefusals = metrics.meter("MemoryRefusalsPerSec", "reads");
        memoryWaitMicros = metrics.histogram("MemoryWaitTimeUs");
        chunkWaitMicros = metrics.histogram("ChunkWaitTimeUs");
    }

    /** Shows the state of {@code cache}, too. */
    void observe(ChunkCache cache) {
        metrics.gauge("MemoryUsedBytes", cache::usedMemoryBytes);
        metrics.gauge("MemoryAllocatedBytes", cache::allocatedMemoryBytes);
        metrics.gauge("FetchesInFlight", cache::fetchesInFlight);
    }

    @Override
    public void hit() {
        hits.mark();
    }

    @Override
    public void miss() {
        misses.mark();
    }

    @Override
    public void fetched(int bytes) {
        fetchedBytes.mark(bytes);
    }

    @Override
    public void fetchFailed() {
        fetchFailures.mark();
    }

    @Override
    public void fetchCancelled() {
        fetchCancellations.mark();
    }

    @Override
    public void evicted(int bytes) {
        evictions.mark();
        evictedBytes.mark(bytes);
    }

    @Override
    public void readAheadUsed(int bytes) {
        readAheadUsedBytes.mark(bytes);
    }

    @Override
    public void readAheadWasted(int bytes) {
        readAheadWastedBytes.mark(bytes);
    }

    @Override
    public void waitedForMemory(long nanos) {
        memoryWaitMicros.update(TimeUnit.NANOSECONDS.toMicros(nanos));
    }

    @Override
    public void memoryRefused() {
        memoryRefusals.mark();
    }

    @Override
    public void waitedForChunk(long nanos) {
        chunkWaitMicros.update(TimeUnit.NANOSECONDS.toMicros(nanos));
    }

    @Override
    public void close() {
        metrics.close();
    }
}
