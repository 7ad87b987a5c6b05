package io.aquifer.cache;

import static io.aquifer.cache.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.object.ThrottledException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadAheadTest {

    private static final int CHUNK = 4 << 10;
    private static final String KEY = "segment/a";
    private static final CachedObject OBJECT = Content.object(KEY, 100 * CHUNK);

    private final ManualStore store = new ManualStore();
    private final CountingObserver observer = new CountingObserver();
    private ChunkCache cache = cacheOf(64, Duration.ofSeconds(60));

    private ChunkCache cacheOf(int chunks, Duration idle) {
        return new ChunkCache(
                store,
                new ChunkCacheSettings(CHUNK, (long) chunks * CHUNK, 8 * CHUNK, Duration.ofSeconds(60), idle),
                Runnable::run,
                observer);
    }

    @AfterEach
    void allMemoryIsGivenBack() {
        cache.close();
        assertThat(cache.usedMemoryBytes()).isZero();
    }

    private InputStream open(long chunk) throws IOException {
        return cache.open(OBJECT, chunk * CHUNK, OBJECT.length());
    }

    private static void readChunk(InputStream stream, long chunk) throws IOException {
        assertThat(stream.readNBytes(CHUNK)).isEqualTo(Content.of(KEY, chunk * CHUNK, (chunk + 1) * CHUNK));
    }

    private List<Long> asked() {
        return store.offsets().stream().map(offset -> offset / CHUNK).toList();
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(0, last).boxed().toList();
    }

    @Test
    void itDoublesWhileTheReaderGoesFromChunkToChunk() throws Exception {
        store.onGet(ManualStore.Get::complete);
        long[] lastAsked = {0, 2, 4, 7, 12, 13, 14};
        try (InputStream stream = open(0)) {
            for (int chunk = 0; chunk < lastAsked.length; chunk++) {
                readChunk(stream, chunk);
                assertThat(asked()).isEqualTo(upTo(lastAsked[chunk]));
            }
        }
        assertThat(observer.readAheadUsedBytes).hasValue(5 * CHUNK);
        assertThat(observer.misses).hasValue(0);
    }

    @Test
    void whatIsReadAheadIsAskedForWhileTheReaderWaits() throws Exception {
        try (InputStream stream = open(0)) {
            Reading<Integer> reading = Reading.start(() -> {
                readChunk(stream, 0);
                readChunk(stream, 1);
                return 0;
            });
            store.get(0).complete();
            store.get(2).complete();
            eventually("the reader waits for its own chunk", reading::waits);
            assertThat(asked()).isEqualTo(upTo(2));
            store.get(1).complete();
            reading.result();
        }
    }

    @Test
    void itEndsWithTheRangeThatIsRead() throws Exception {
        store.onGet(ManualStore.Get::complete);
        try (InputStream stream = cache.open(OBJECT, 0, 3 * CHUNK + 1)) {
            assertThat(stream.readAllBytes()).isEqualTo(Content.of(KEY, 0, 3 * CHUNK + 1));
        }
        assertThat(asked()).isEqualTo(upTo(3));
    }

    @Test
    void itStopsWhenTheReaderGoesElsewhere() throws Exception {
        try (InputStream stream = open(0)) {
            store.onGet(ManualStore.Get::complete);
            readChunk(stream, 0);
            readChunk(stream, 1);
            store.onGet(get -> {});
            store.onGet(get -> {
                if (get.offset <= 3 * CHUNK || get.offset >= 50 * CHUNK) {
                    get.complete();
                }
            });
            readChunk(stream, 2);
            readChunk(stream, 3);
            int sequential = store.gets().size();
            assertThat(stream.skip(46 * CHUNK)).isEqualTo(46 * CHUNK);
            readChunk(stream, 50);

            assertThat(asked().subList(sequential, store.gets().size())).containsExactly(50L);
            assertThat(store.gets().subList(4, sequential))
                    .as("gets that nobody wants any more")
                    .isNotEmpty()
                    .allSatisfy(get -> assertThat(get.future).isCancelled());
        }
    }

    @Test
    void aRandomReaderHasNone() throws Exception {
        store.onGet(ManualStore.Get::complete);
        long[] chunks = {5, 90, 17, 44, 2, 71};
        for (long chunk : chunks) {
            try (InputStream stream = open(chunk)) {
                readChunk(stream, chunk);
            }
        }
        assertThat(asked()).containsExactly(5L, 90L, 17L, 44L, 2L, 71L);
    }

    @Test
    void aBackwardReaderHasNoneAndHoldsNoMoreThanTwoChunks() throws Exception {
        cache = cacheOf(4, Duration.ofSeconds(60));
        store.onGet(ManualStore.Get::complete);
        for (long chunk = 20; chunk >= 0; chunk--) {
            try (InputStream stream = open(chunk)) {
                assertThat(stream.read()).isEqualTo(Content.at(KEY, chunk * CHUNK) & 0xff);
            }
        }
        assertThat(asked()).hasSize(21);
        assertThat(observer.memoryWaits).hasValue(0);
    }

    @Test
    void aRowOfShortStreamsReadsAheadLikeOneLongStreamAndFetchesNothingTwice() throws Exception {
        store.onGet(ManualStore.Get::complete);
        long position = 0;
        int step = CHUNK / 4 + 100;
        while (position + step < 60 * CHUNK) {
            long from = Math.max(0, position - 50);
            try (InputStream stream = cache.open(OBJECT, from, OBJECT.length())) {
                assertThat(stream.readNBytes(step)).isEqualTo(Content.of(KEY, from, from + step));
            }
            position = from + step;
        }
        assertThat(asked()).doesNotHaveDuplicates().contains(60L, 67L);
        assertThat(observer.misses).hasValue(0);
        assertThat(observer.readAheadUsedBytes.get()).isGreaterThan(55L * CHUNK);
    }

    @Test
    void aClosedStreamThatNobodyContinuesHasItsFetchesCancelled() throws Exception {
        cache = cacheOf(64, Duration.ofMillis(10));
        store.onGet(get -> {
            if (get.offset <= CHUNK) {
                get.complete();
            }
        });
        try (InputStream stream = open(0)) {
            readChunk(stream, 0);
            readChunk(stream, 1);
        }
        eventually("a cancelled get", () -> store.get(2).future.isCancelled());
        eventually("only what was read is kept", () -> cache.usedMemoryBytes() == 2 * CHUNK);
    }

    @Test
    void twoReadersOfTheSameBytesFetchThemOnce() throws Exception {
        store.onGet(ManualStore.Get::complete);
        try (InputStream one = open(0);
                InputStream other = open(0)) {
            for (long chunk = 0; chunk < 30; chunk++) {
                readChunk(one, chunk);
                readChunk(other, chunk);
            }
        }
        assertThat(asked()).doesNotHaveDuplicates();
    }

    @Test
    void itGivesWayToAReaderInNeed() throws Exception {
        cache = cacheOf(4, Duration.ofSeconds(60));
        store.onGet(get -> {
            if (get.offset <= 3 * CHUNK || get.key.equals("segment/b")) {
                get.complete();
            }
        });
        try (InputStream ahead = open(0)) {
            readChunk(ahead, 0);
            readChunk(ahead, 1);
            readChunk(ahead, 2);
            assertThat(ahead.skip(10)).isEqualTo(10);
            assertThat(ahead.read()).isEqualTo(Content.at(KEY, 3 * CHUNK + 10) & 0xff);
            assertThat(asked()).contains(4L, 5L);
            CachedObject other = Content.object("segment/b", 3 * CHUNK);
            try (InputStream one = cache.open(other, 0, CHUNK);
                    InputStream two = cache.open(other, CHUNK, 2 * CHUNK);
                    InputStream three = cache.open(other, 2 * CHUNK, 3 * CHUNK)) {
                assertThat(one.read()).isEqualTo(Content.at("segment/b", 0) & 0xff);
                assertThat(two.read()).isEqualTo(Content.at("segment/b", CHUNK) & 0xff);
                assertThat(three.read()).isEqualTo(Content.at("segment/b", 2 * CHUNK) & 0xff);
            }
        }
        assertThat(store.gets().stream().filter(get -> get.future.isCancelled()))
                .as("gets ahead of the reader that gave way")
                .hasSize(2);
    }

    @Test
    void itNeverWaitsForMemory() throws Exception {
        cache = cacheOf(1, Duration.ofSeconds(60));
        store.onGet(ManualStore.Get::complete);
        try (InputStream stream = open(0)) {
            for (int chunk = 0; chunk < 20; chunk++) {
                readChunk(stream, chunk);
            }
        }
        assertThat(asked()).isEqualTo(upTo(19));
    }

    @Test
    void manyReadersShareHalfTheMemory() throws Exception {
        cache = cacheOf(16, Duration.ofSeconds(60));
        store.onGet(ManualStore.Get::complete);
        CachedObject[] objects = new CachedObject[4];
        InputStream[] streams = new InputStream[4];
        for (int i = 0; i < 4; i++) {
            objects[i] = Content.object("segment/" + i, 30 * CHUNK);
            streams[i] = cache.open(objects[i], 0, 30 * CHUNK);
        }
        for (long chunk = 0; chunk < 30; chunk++) {
            for (int i = 0; i < 4; i++) {
                assertThat(streams[i].readNBytes(CHUNK))
                        .isEqualTo(Content.of("segment/" + i, chunk * CHUNK, (chunk + 1) * CHUNK));
            }
        }
        for (InputStream stream : streams) {
            stream.close();
        }
        assertThat(store.gets()).hasSize(4 * 30);
        assertThat(observer.readAheadWastedBytes).hasValue(0);
    }

    @Test
    void whatFailedAheadOfTheReaderIsAskedForAgainWhenItIsThere() throws Exception {
        store.onGet(get -> {
            if (get.offset == 2 * CHUNK && asked().lastIndexOf(2L) == asked().indexOf(2L)) {
                get.fail(new ThrottledException("slow down", null));
            } else {
                get.complete();
            }
        });
        try (InputStream stream = open(0)) {
            for (int chunk = 0; chunk < 10; chunk++) {
                readChunk(stream, chunk);
            }
        }
        assertThat(asked().stream().filter(chunk -> chunk == 2)).hasSize(2);
        assertThat(observer.failures).hasValue(1);
        assertThat(observer.readAheadWastedBytes).hasValue(0);
    }

    @Test
    void whatWasFetchedAheadAndNeverReadIsCountedAsWasted() throws Exception {
        store.onGet(ManualStore.Get::complete);
        try (InputStream stream = open(0)) {
            readChunk(stream, 0);
            readChunk(stream, 1);
        }
        cache.close();

        assertThat(observer.readAheadWastedBytes).hasValue(CHUNK);
        assertThat(observer.readAheadUsedBytes).hasValue(0);
    }
}
