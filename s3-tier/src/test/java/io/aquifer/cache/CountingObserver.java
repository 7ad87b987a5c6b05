package io.aquifer.cache;

import java.util.concurrent.atomic.AtomicLong;

/** Adds up what it is told. */
final class CountingObserver implements ChunkCacheObserver {

    final AtomicLong hits = new AtomicLong();
    final AtomicLong misses = new AtomicLong();
    final AtomicLong fetchedBytes = new AtomicLong();
    final AtomicLong failures = new AtomicLong();
    final AtomicLong cancellations = new AtomicLong();
    final AtomicLong evictedBytes = new AtomicLong();
    final AtomicLong readAheadUsedBytes = new AtomicLong();
    final AtomicLong readAheadWastedBytes = new AtomicLong();
    final AtomicLong memoryWaits = new AtomicLong();
    final AtomicLong memoryRefusals = new AtomicLong();
    final AtomicLong chunkWaits = new AtomicLong();

    @Override
    public void hit() {
        hits.incrementAndGet();
    }

    @Override
    public void miss() {
        misses.incrementAndGet();
    }

    @Override
    public void fetched(int bytes) {
        fetchedBytes.addAndGet(bytes);
    }

    @Override
    public void fetchFailed() {
        failures.incrementAndGet();
    }

    @Override
    public void fetchCancelled() {
        cancellations.incrementAndGet();
    }

    @Override
    public void evicted(int bytes) {
        evictedBytes.addAndGet(bytes);
    }

    @Override
    public void readAheadUsed(int bytes) {
        readAheadUsedBytes.addAndGet(bytes);
    }

    @Override
    public void readAheadWasted(int bytes) {
        readAheadWastedBytes.addAndGet(bytes);
    }

    @Override
    public void waitedForMemory(long nanos) {
        memoryWaits.incrementAndGet();
    }

    @Override
    public void memoryRefused() {
        memoryRefusals.incrementAndGet();
    }

    @Override
    public void waitedForChunk(long nanos) {
        chunkWaits.incrementAndGet();
    }
}
