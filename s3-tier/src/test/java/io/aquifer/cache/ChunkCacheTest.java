package io.aquifer.cache;

import static io.aquifer.cache.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.object.ObjectNotFoundException;
import io.aquifer.object.ThrottledException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChunkCacheTest {

    private static final int CHUNK = 4 << 10;
    private static final String KEY = "segment/a";
    private static final CachedObject OBJECT = Content.object(KEY, 10 * CHUNK + 100);

    private final ManualStore store = new ManualStore();
    private final CountingObserver observer = new CountingObserver();
    private final AtomicInteger verifications = new AtomicInteger();
    private ChunkCache cache = cacheOf(100, Duration.ofSeconds(60));

    private ChunkCache cacheOf(int chunks, Duration memoryWait) {
        return new ChunkCache(
                store,
                new ChunkCacheSettings(CHUNK, (long) chunks * CHUNK, 0, memoryWait, Duration.ofSeconds(60)),
                task -> {
                    verifications.incrementAndGet();
                    task.run();
                },
                observer);
    }

    @AfterEach
    void allMemoryIsGivenBack() {
        cache.close();
        assertThat(cache.usedMemoryBytes()).isZero();
    }

    private byte[] read(long from, long to) throws IOException {
        return read(OBJECT, from, to);
    }

    private byte[] read(CachedObject object, long from, long to) throws IOException {
        try (InputStream stream = cache.open(object, from, to)) {
            return stream.readAllBytes();
        }
    }

    @Test
    void aStreamHasTheBytesOfItsRangeWhereverThatBeginsAndEnds() throws Exception {
        store.onGet(ManualStore.Get::complete);
        long[] places = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, OBJECT.length() - 1, OBJECT.length()};
        for (long from : places) {
            for (long to : places) {
                if (from <= to) {
                    assertThat(read(from, to)).isEqualTo(Content.of(KEY, from, to));
                }
            }
        }
    }

    @Test
    void chunksAreAlignedAndTheLastOneIsShort() throws Exception {
        store.onGet(ManualStore.Get::complete);

        read(CHUNK + 5, CHUNK + 6);
        read(OBJECT.length() - 1, OBJECT.length());

        assertThat(store.offsets()).containsExactly((long) CHUNK, 10L * CHUNK);
        assertThat(store.get(0).length()).isEqualTo(CHUNK);
        assertThat(store.get(1).length()).isEqualTo(100);
    }

    @Test
    void nothingIsFetchedBeforeItIsReadNorWhereItIsSkipped() throws Exception {
        store.onGet(ManualStore.Get::complete);
        try (InputStream stream = cache.open(OBJECT, 0, OBJECT.length())) {
            assertThat(store.gets()).isEmpty();
            assertThat(stream.skip(3 * CHUNK + 7)).isEqualTo(3 * CHUNK + 7);
            assertThat(stream.available()).isZero();
            assertThat(stream.read()).isEqualTo(Content.at(KEY, 3 * CHUNK + 7) & 0xff);
            assertThat(stream.available()).isEqualTo(CHUNK - 8);
            assertThat(stream.skip(Long.MAX_VALUE)).isEqualTo(OBJECT.length() - 3 * CHUNK - 8);
            assertThat(stream.read()).isEqualTo(-1);
        }
        assertThat(store.offsets()).containsExactly(3L * CHUNK);
    }

    @Test
    void aRangeOutsideTheObjectIsRefused() {
        assertThatThrownBy(() -> cache.open(OBJECT, 0, OBJECT.length() + 1))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining(KEY);
    }

    @Test
    void anObjectCannotBeReadWithTwoLengths() throws Exception {
        store.onGet(ManualStore.Get::complete);
        read(OBJECT.length() - 1, OBJECT.length());

        assertThatThrownBy(() -> read(Content.object(KEY, 10 * CHUNK + 50), 10 * CHUNK, 10 * CHUNK + 50))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("41010 bytes");
    }

    @Test
    void allReadersOfAChunkShareOneFetch() throws Exception {
        List<Reading<byte[]>> readings = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            int from = i;
            readings.add(Reading.waiting(() -> read(from, CHUNK)));
        }
        assertThat(store.gets()).hasSize(1);
        store.get(0).complete();

        for (int i = 0; i < 10; i++) {
            assertThat(readings.get(i).result()).isEqualTo(Content.of(KEY, i, CHUNK));
        }
        assertThat(store.gets()).hasSize(1);
        assertThat(verifications).hasValue(1);
        assertThat(observer.misses).hasValue(10);
        assertThat(observer.chunkWaits).hasValue(10);
        assertThat(observer.fetchedBytes).hasValue(CHUNK);
    }

    @Test
    void aHitNeedsNeitherTheStoreNorAnotherThread() throws Exception {
        store.onGet(ManualStore.Get::complete);
        read(0, CHUNK);
        store.onGet(get -> {
            throw new AssertionError("the store was asked again");
        });

        Thread.currentThread().interrupt();
        assertThat(read(0, CHUNK)).isEqualTo(Content.of(KEY, 0, CHUNK));
        assertThat(Thread.interrupted())
                .as("a read that waits for nothing can't be interrupted")
                .isTrue();
        assertThat(verifications).hasValue(1);
        assertThat(observer.hits).hasValue(2);
        assertThat(observer.misses).hasValue(0);
    }

    @Test
    void aFailedFetchIsNotCachedAndEveryWaitingReaderHasItsOwnException() throws Exception {
        Reading<byte[]> one = Reading.waiting(() -> read(0, CHUNK));
        Reading<byte[]> other = Reading.waiting(() -> read(0, CHUNK));
        ThrottledException cause = new ThrottledException("slow down", null);
        store.get(0).fail(cause);

        Throwable first = one.failure();
        Throwable second = other.failure();
        assertThat(first).isNotSameAs(second);
        for (Throwable failure : List.of(first, second)) {
            assertThat(failure)
                    .isInstanceOf(ChunkFetchException.class)
                    .hasCause(cause)
                    .hasMessageContaining("0 to 4095 of 'segment/a' in manual store")
                    .hasMessageContaining("slow down");
            assertThat(((CacheReadException) failure).retriable()).isTrue();
        }
        assertThat(observer.failures).hasValue(1);
        assertThat(cache.usedMemoryBytes()).isZero();
        store.onGet(ManualStore.Get::complete);
        assertThat(read(0, CHUNK)).isEqualTo(Content.of(KEY, 0, CHUNK));
    }

    @Test
    void aStreamGoesOnAfterAFailureWhereItWas() throws Exception {
        store.onGet(ManualStore.Get::complete);
        try (InputStream stream = cache.open(OBJECT, 10, 2 * CHUNK)) {
            assertThat(stream.readNBytes(CHUNK - 10)).isEqualTo(Content.of(KEY, 10, CHUNK));
            store.onGet(get -> get.fail(new ThrottledException("slow down", null)));
            assertThatThrownBy(stream::read).isInstanceOf(ChunkFetchException.class);
            store.onGet(ManualStore.Get::complete);
            assertThat(stream.readAllBytes()).isEqualTo(Content.of(KEY, CHUNK, 2 * CHUNK));
        }
    }

    @Test
    void thatTheObjectIsGoneIsSaidAsTheStoreSaysIt() throws Exception {
        store.onGet(get -> get.fail(new ObjectNotFoundException("no such object", null)));

        assertThatThrownBy(() -> read(0, 1))
                .isInstanceOf(ObjectNotFoundException.class)
                .hasMessageContaining("no such object");
    }

    @Test
    void aStoreThatThrowsIsAFailedFetch() throws Exception {
        store.onGet(get -> {
            throw new NoClassDefFoundError("store is broken");
        });

        assertThatThrownBy(() -> read(0, 1))
                .isInstanceOf(ChunkFetchException.class)
                .hasRootCauseMessage("store is broken");
        assertThat(cache.usedMemoryBytes()).isZero();
    }

    @Test
    void aGetThatTheStoreItselfCancelsIsAFailedFetch() throws Exception {
        Reading<byte[]> reading = Reading.waiting(() -> read(0, 1));
        store.get(0).future.cancel(true);

        assertThat(reading.failure())
                .isInstanceOf(ChunkFetchException.class)
                .hasCauseInstanceOf(CancellationException.class);
    }

    @Test
    void aChunkThatIsNotWhatWasWrittenIsSeenByNobodyAndFetchedAgain() throws Exception {
        Reading<byte[]> reading = Reading.waiting(() -> read(1, CHUNK));
        store.get(0).completeDamaged();

        assertThat(reading.failure())
                .isInstanceOf(ChunkFetchException.class)
                .hasRootCauseMessage("byte 0 of 'segment/a' isn't what was written");
        assertThat(observer.failures).hasValue(1);
        assertThat(observer.fetchedBytes).hasValue(0);
        store.onGet(ManualStore.Get::complete);
        assertThat(read(1, CHUNK)).isEqualTo(Content.of(KEY, 1, CHUNK));
    }

    @Test
    void anErrorOfAVerifierReachesReadersAsAnException() {
        store.onGet(ManualStore.Get::complete);
        CachedObject object = new CachedObject(KEY, CHUNK, (offset, chunk) -> {
            throw new StackOverflowError("verifier");
        });

        assertThatThrownBy(() -> read(object, 0, 1))
                .isInstanceOf(ChunkFetchException.class)
                .hasCauseInstanceOf(StackOverflowError.class);
        assertThat(cache.usedMemoryBytes()).isZero();
    }

    @Test
    void anExecutorThatTakesNoMoreVerificationsFailsTheReaders() {
        store.onGet(ManualStore.Get::complete);
        cache = new ChunkCache(
                store,
                ChunkCacheSettings.DEFAULT,
                task -> {
                    throw new RejectedExecutionException("shut down");
                },
                observer);

        assertThatThrownBy(() -> read(0, 1))
                .isInstanceOf(ChunkFetchException.class)
                .hasCauseInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void aChunkThatNobodyWantsAnyMoreIsNotVerifiedInMemoryThatIsOthersByThen() throws Exception {
        List<Runnable> pending = new CopyOnWriteArrayList<>();
        cache = new ChunkCache(store, ChunkCacheSettings.DEFAULT, pending::add, observer);
        CachedObject object = new CachedObject(KEY, CHUNK, (offset, chunk) -> verifications.incrementAndGet());
        store.onGet(ManualStore.Get::succeed);
        Reading<byte[]> reading = Reading.waiting(() -> read(object, 0, CHUNK));
        cache.close();
        reading.failure();
        assertThat(cache.usedMemoryBytes()).isZero();
        pending.forEach(Runnable::run);

        assertThat(pending).hasSize(1);
        assertThat(verifications).hasValue(0);
    }

    @Test
    void anInterruptedReaderGivesUpWithoutHarmToOthers() throws Exception {
        Reading<byte[]> hasty = Reading.waiting(() -> {
            try {
                return read(0, CHUNK);
            } finally {
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            }
        });
        Reading<byte[]> patient = Reading.waiting(() -> read(0, CHUNK));
        hasty.interrupt();

        assertThat(hasty.failure()).isInstanceOf(InterruptedIOException.class);
        assertThat(patient.waits()).isTrue();
        store.get(0).complete();
        assertThat(patient.result()).isEqualTo(Content.of(KEY, 0, CHUNK));
        assertThat(store.gets()).hasSize(1);
    }

    @Test
    void aReaderThatIsInterruptedAgainAndAgainGetsTheChunkOfItsFirstFetch() throws Exception {
        for (int i = 0; i < 3; i++) {
            Reading<byte[]> reading = Reading.waiting(() -> read(7, CHUNK));
            reading.interrupt();
            assertThat(reading.failure()).isInstanceOf(InterruptedIOException.class);
        }
        store.get(0).complete();

        assertThat(read(7, CHUNK)).isEqualTo(Content.of(KEY, 7, CHUNK));
        assertThat(store.gets()).hasSize(1);
    }

    @Test
    void aFetchThatNobodyComesBackForIsCancelled() throws Exception {
        cache = new ChunkCache(
                store,
                new ChunkCacheSettings(CHUNK, CHUNK, 0, Duration.ofSeconds(1), Duration.ofMillis(10)),
                Runnable::run,
                observer);
        Reading<byte[]> reading = Reading.waiting(() -> read(0, CHUNK));
        reading.interrupt();
        reading.failure();

        eventually("a cancelled get", () -> store.get(0).future.isCancelled());
        eventually("memory given back", () -> cache.usedMemoryBytes() == 0);
        assertThat(observer.cancellations).hasValue(1);
        assertThat(observer.failures).hasValue(0);
    }

    @Test
    void theColdestChunksGiveWayAndTheirMemoryIsUsedAgain() throws Exception {
        cache = cacheOf(4, Duration.ofSeconds(60));
        store.onGet(ManualStore.Get::complete);
        for (int round = 0; round < 3; round++) {
            read(0, 1);
            for (long chunk = 1; chunk < 10; chunk++) {
                read(chunk * CHUNK, (chunk + 1) * CHUNK);
                read(0, 1);
            }
        }

        assertThat(store.offsets().stream().filter(offset -> offset == 0))
                .as("fetches of the chunk that is always read")
                .hasSize(1);
        assertThat(cache.allocatedMemoryBytes()).isEqualTo(4 * CHUNK);
        assertThat(observer.evictedBytes.get()).isEqualTo((store.gets().size() - 4L) * CHUNK);
        assertThat(observer.memoryWaits)
                .as("a chunk that nobody uses gives way at once, or read-ahead")
                .hasValueLessThan(30);
    }

    @Test
    void aChunkThatIsBeingReadIsNotUsedForAnother() throws Exception {
        cache = cacheOf(2, Duration.ofSeconds(60));
        store.onGet(ManualStore.Get::complete);
        try (InputStream stream = cache.open(OBJECT, 0, CHUNK)) {
            assertThat(stream.read()).isEqualTo(Content.at(KEY, 0) & 0xff);
            for (long chunk = 1; chunk < 10; chunk++) {
                read(chunk * CHUNK, (chunk + 1) * CHUNK);
            }
            assertThat(stream.readAllBytes()).isEqualTo(Content.of(KEY, 1, CHUNK));
        }
    }

    @Test
    void aReaderWithoutMemoryWaitsUntilAnotherIsDone() throws Exception {
        cache = cacheOf(1, Duration.ofSeconds(60));
        store.onGet(ManualStore.Get::complete);
        InputStream holder = cache.open(OBJECT, 0, CHUNK);
        holder.read();
        Reading<byte[]> waiting = Reading.waiting(() -> read(CHUNK, 2 * CHUNK));
        Reading<byte[]> behind = Reading.waiting(() -> read(2 * CHUNK, 3 * CHUNK));
        assertThat(store.gets()).hasSize(1);
        holder.close();

        assertThat(waiting.result()).isEqualTo(Content.of(KEY, CHUNK, 2 * CHUNK));
        assertThat(behind.result()).isEqualTo(Content.of(KEY, 2 * CHUNK, 3 * CHUNK));
        assertThat(observer.memoryRefusals).hasValue(0);
    }

    @Test
    void aReaderThatWaitsForMemoryIsWokenWhenAnotherReadsItsChunkToTheEnd() throws Exception {
        cache = cacheOf(1, Duration.ofSeconds(60));
        store.onGet(ManualStore.Get::complete);
        try (InputStream holder = cache.open(OBJECT, 0, OBJECT.length())) {
            holder.read();
            Reading<byte[]> waiting = Reading.waiting(() -> read(CHUNK, 2 * CHUNK));
            assertThat(holder.readNBytes(CHUNK - 1)).isEqualTo(Content.of(KEY, 1, CHUNK));

            assertThat(waiting.result()).isEqualTo(Content.of(KEY, CHUNK, 2 * CHUNK));
        }
    }

    @Test
    void aReaderThatWaitedTooLongForMemoryFailsAndMayTryAgain() throws Exception {
        cache = cacheOf(1, Duration.ofMillis(20));
        store.onGet(ManualStore.Get::complete);
        try (InputStream holder = cache.open(OBJECT, 0, CHUNK)) {
            holder.read();
            assertThatThrownBy(() -> read(CHUNK, 2 * CHUNK))
                    .isInstanceOfSatisfying(
                            CacheFullException.class,
                            full -> assertThat(full.retriable()).isTrue())
                    .hasMessageContaining("4096 bytes")
                    .hasMessageContaining("20 ms");
        }
        assertThat(observer.memoryRefusals).hasValue(1);
        assertThat(read(CHUNK, 2 * CHUNK)).isEqualTo(Content.of(KEY, CHUNK, 2 * CHUNK));
    }

    @Test
    void aReaderThatWaitsForMemoryCanBeInterrupted() throws Exception {
        cache = cacheOf(1, Duration.ofSeconds(60));
        store.onGet(ManualStore.Get::complete);
        try (InputStream holder = cache.open(OBJECT, 0, CHUNK)) {
            holder.read();
            Reading<byte[]> first = Reading.waiting(() -> read(CHUNK, 2 * CHUNK));
            Reading<byte[]> second = Reading.waiting(() -> read(2 * CHUNK, 3 * CHUNK));
            second.interrupt();
            first.interrupt();
            assertThat(first.failure()).isInstanceOf(InterruptedIOException.class);
            assertThat(second.failure()).isInstanceOf(InterruptedIOException.class);
        }
    }

    @Test
    void aChunkOnItsWayIsFoundByThoseWhoWouldHaveToWaitForMemory() throws Exception {
        cache = cacheOf(1, Duration.ofSeconds(60));
        Reading<byte[]> first = Reading.waiting(() -> read(0, CHUNK));
        Reading<byte[]> waiting = Reading.waiting(() -> read(CHUNK, 2 * CHUNK));
        Reading<byte[]> second = Reading.waiting(() -> read(1, CHUNK));
        store.get(0).complete();

        assertThat(first.result()).isEqualTo(Content.of(KEY, 0, CHUNK));
        assertThat(second.result()).isEqualTo(Content.of(KEY, 1, CHUNK));
        store.get(1).complete();
        assertThat(waiting.result()).isEqualTo(Content.of(KEY, CHUNK, 2 * CHUNK));
    }

    @Test
    void manyShortObjectsShareTheMemoryOfAFewChunks() throws Exception {
        cache = new ChunkCache(
                store,
                new ChunkCacheSettings(64 << 10, 64 << 10, 0, Duration.ofSeconds(60), Duration.ofSeconds(60)),
                Runnable::run,
                observer);
        store.onGet(ManualStore.Get::complete);
        for (int i = 0; i < 16; i++) {
            read(Content.object("segment/" + i, 1000), 0, 1000);
        }

        assertThat(observer.evictedBytes).hasValue(0);
        assertThat(cache.usedMemoryBytes()).isEqualTo(64 << 10);
        assertThat(read(Content.object("segment/big", 64 << 10), 0, 64 << 10))
                .isEqualTo(Content.of("segment/big", 0, 64 << 10));
    }

    @Test
    void anInvalidatedObjectIsForgottenAndNoOther() throws Exception {
        store.onGet(ManualStore.Get::complete);
        CachedObject other = Content.object("segment/b", CHUNK);
        read(0, 3 * CHUNK);
        read(other, 0, CHUNK);
        cache.invalidate(KEY);
        assertThat(cache.usedMemoryBytes()).isEqualTo(CHUNK);
        store.onGet(get -> get.fail(new ObjectNotFoundException("no such object", null)));

        assertThatThrownBy(() -> read(0, 1)).isInstanceOf(ObjectNotFoundException.class);
        assertThat(read(other, 0, CHUNK)).isEqualTo(Content.of("segment/b", 0, CHUNK));
    }

    @Test
    void whoReadsWhileTheObjectIsInvalidatedFinishesItsChunk() throws Exception {
        Reading<byte[]> waiting = Reading.waiting(() -> read(0, CHUNK));
        cache.invalidate(KEY);
        store.get(0).complete();
        assertThat(waiting.result()).isEqualTo(Content.of(KEY, 0, CHUNK));
        eventually("a chunk that isn't kept", () -> cache.usedMemoryBytes() == 0);

        store.onGet(ManualStore.Get::complete);
        try (InputStream stream = cache.open(OBJECT, 0, CHUNK)) {
            stream.read();
            cache.invalidate(KEY);
            assertThat(stream.readAllBytes()).isEqualTo(Content.of(KEY, 1, CHUNK));
        }
        assertThat(cache.usedMemoryBytes()).isZero();
    }

    @Test
    void closingFailsThoseWhoWaitForAChunkOrForMemoryAndCancelsFetches() throws Exception {
        cache = cacheOf(1, Duration.ofSeconds(60));
        Reading<byte[]> forChunk = Reading.waiting(() -> read(0, CHUNK));
        Reading<byte[]> forMemory = Reading.waiting(() -> read(CHUNK, 2 * CHUNK));
        Reading<byte[]> behind = Reading.waiting(() -> read(2 * CHUNK, 3 * CHUNK));
        cache.close();

        assertThat(forChunk.failure()).isInstanceOf(CacheClosedException.class);
        assertThat(forMemory.failure()).isInstanceOf(CacheClosedException.class);
        assertThat(behind.failure()).isInstanceOf(CacheClosedException.class);
        assertThat(store.gets()).hasSize(1);
        assertThat(store.get(0).future).isCancelled();
        assertThatThrownBy(() -> cache.open(OBJECT, 0, 1)).isInstanceOf(CacheClosedException.class);
    }

    @Test
    void aStreamThatIsOpenWhenTheCacheIsClosedFinishesItsChunkAndGivesItBack() throws Exception {
        store.onGet(ManualStore.Get::complete);
        try (InputStream stream = cache.open(OBJECT, 0, OBJECT.length())) {
            stream.read();
            cache.close();
            assertThat(stream.readNBytes(CHUNK - 1)).isEqualTo(Content.of(KEY, 1, CHUNK));
            assertThatThrownBy(stream::read).isInstanceOf(CacheClosedException.class);
        }
        assertThat(cache.usedMemoryBytes()).isZero();
    }

    @Test
    void aClosedStreamCannotBeRead() throws Exception {
        InputStream stream = cache.open(OBJECT, 0, 1);
        stream.close();
        stream.close();

        assertThatThrownBy(stream::read).isInstanceOf(IOException.class).hasMessageContaining("closed");
    }
}
