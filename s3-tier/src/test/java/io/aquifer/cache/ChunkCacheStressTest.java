package io.aquifer.cache;

import static io.aquifer.cache.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.object.ThrottledException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Many readers of a cache that is far too small, over a store that is late, fails and delivers damage, while they are
 * interrupted, objects are invalidated, and the cache is closed under them. Every byte that is read is checked.
 *
 * <p>A seed decides what each thread tries, not how the threads meet: {@code -Daquifer.seed=N} repeats the former.
 */
class ChunkCacheStressTest {

    private static final int CHUNK = 4 << 10;
    private static final int MEMORY_CHUNKS = 6;
    private static final int READERS = 8;
    private static final int STREAMS = 150;
    private static final int SEEDS = 9;

    @Test
    void everyByteIsRightAndAllMemoryIsGivenBack() throws Exception {
        Long only = Long.getLong("aquifer.seed");
        long first = only == null ? RandomGenerator.getDefault().nextInt(Integer.MAX_VALUE) : only;
        System.out.println("ChunkCacheStressTest: seeds from " + first);
        for (long seed = first; seed < first + (only == null ? SEEDS : 1); seed++) {
            try (Round round = new Round(seed)) {
                round.run();
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed + " fails: " + e.getMessage(), e);
            }
        }
    }

    private static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /** One seed: by turns undisturbed but for the store, with invalidations, and with a close in the middle. */
    private static final class Round implements AutoCloseable {
        private final long seed;
        private final boolean invalidates;
        private final boolean closes;
        private final ManualStore store = new ManualStore();
        private final ExecutorService storeThreads = Executors.newFixedThreadPool(3);
        private final ExecutorService verification = Executors.newFixedThreadPool(2);
        private final Map<ChunkId, ManualStore.Get> newest = new ConcurrentHashMap<>();
        private final AtomicReference<@Nullable Throwable> wrong = new AtomicReference<>();
        private final AtomicInteger streamsBegun = new AtomicInteger();
        private final CountingObserver observer = new CountingObserver();
        private final List<CachedObject> objects;
        private final ChunkCache cache;

        Round(long seed) {
            this.seed = seed;
            invalidates = seed % 3 == 1;
            closes = seed % 3 == 2;
            RandomGenerator random = random(seed);
            objects = IntStream.range(0, 4)
                    .mapToObj(i -> Content.object("segment/" + i, 1 + random.nextInt(20 * CHUNK)))
                    .toList();
            cache = new ChunkCache(
                    store,
                    new ChunkCacheSettings(
                            CHUNK, MEMORY_CHUNKS * CHUNK, 4 * CHUNK, Duration.ofMillis(200), Duration.ofMillis(5)),
                    verification,
                    observer);
            store.onGet(this::serve);
        }

        private void serve(ManualStore.Get get) {
            ManualStore.Get before = newest.put(new ChunkId(get.key, get.offset), get);
            check(
                    invalidates || before == null || before.future.isDone(),
                    "two fetches at once of " + get.key + " at " + get.offset);
            check(cache.usedMemoryBytes() <= MEMORY_CHUNKS * CHUNK, cache.usedMemoryBytes() + " bytes used");
            long fate = random(seed ^ store.gets().size()).nextInt(100);
            storeThreads.execute(() -> {
                if (fate < 5) {
                    get.fail(new ThrottledException("slow down", null));
                } else if (fate < 8) {
                    get.completeDamaged();
                } else {
                    get.complete();
                }
            });
        }

        void run() throws Exception {
            List<Thread> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                RandomGenerator random = random(seed * READERS + i);
                Thread reader = new Thread(() -> read(random), "reader-" + i);
                reader.setDaemon(true);
                readers.add(reader);
                reader.start();
            }
            RandomGenerator random = random(~seed);
            eventually("readers at the end of their streams", () -> {
                readers.get(random.nextInt(READERS)).interrupt();
                if (invalidates) {
                    cache.invalidate(objects.get(random.nextInt(objects.size())).key());
                }
                if (closes && streamsBegun.get() > READERS * STREAMS / 2) {
                    cache.close();
                }
                return readers.stream().noneMatch(Thread::isAlive);
            });
            cache.close();
            storeThreads.shutdown();
            assertThat(storeThreads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
            verification.shutdown();
            assertThat(verification.awaitTermination(60, TimeUnit.SECONDS)).isTrue();

            Throwable found = wrong.get();
            if (found != null) {
                throw new AssertionError("a reader found: " + found, found);
            }
            eventually("all memory given back", () -> cache.usedMemoryBytes() == 0);
            assertThat(observer.hits.get()).isPositive();
            assertThat(observer.evictedBytes.get()).isPositive();
        }

        private void read(RandomGenerator random) {
            long position = 0;
            CachedObject object = objects.get(random.nextInt(objects.size()));
            try {
                for (int i = 0; i < STREAMS; i++) {
                    streamsBegun.incrementAndGet();
                    if (position >= object.length() || random.nextInt(4) == 0) {
                        object = objects.get(random.nextInt(objects.size()));
                        position = random.nextLong(object.length());
                    }
                    position = readStream(random, object, position);
                }
            } catch (CacheClosedException e) {
                check(closes, "closed too early");
            } catch (Throwable e) {
                wrong.compareAndSet(null, e);
            }
        }

        private long readStream(RandomGenerator random, CachedObject object, long from) throws IOException {
            long position = from;
            long to = from + random.nextLong(object.length() - from) + 1;
            byte[] buffer = new byte[1 + random.nextInt(3 * CHUNK)];
            try (InputStream stream = cache.open(object, from, to)) {
                for (int reads = random.nextInt(20); reads > 0; reads--) {
                    int count = readOnce(stream, buffer, 1 + random.nextInt(buffer.length));
                    check(count != 0 && (count > 0 || position == to), "an early end at " + position + " of " + to);
                    for (int i = 0; i < count; i++) {
                        check(buffer[i] == Content.at(object.key(), position + i), "a wrong byte at " + (position + i));
                    }
                    if (count < 0) {
                        break;
                    }
                    position += Math.max(0, count);
                }
            }
            return position;
        }

        /** Tries again after what may pass. */
        private static int readOnce(InputStream stream, byte[] buffer, int length) throws IOException {
            while (true) {
                try {
                    return stream.read(buffer, 0, length);
                } catch (InterruptedIOException e) {
                    check(Thread.interrupted(), "an interrupted read has to leave the thread interrupted");
                } catch (ChunkFetchException | CacheFullException e) {
                    check(
                            e.retriable() || e.getCause() instanceof IOException,
                            "a failure that was no fault of the store: " + e);
                }
            }
        }

        private static void check(boolean holds, String otherwise) {
            if (!holds) {
                throw new AssertionError(otherwise);
            }
        }

        @Override
        public void close() {
            storeThreads.shutdownNow();
            verification.shutdownNow();
            cache.close();
        }
    }
}
