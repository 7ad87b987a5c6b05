package io.aquifer.garbage;

import static org.assertj.core.api.Assertions.assertThat;

import com.yammer.metrics.core.Gauge;
import com.yammer.metrics.core.Meter;
import com.yammer.metrics.core.Metric;
import io.aquifer.coverage.CollectionRound;
import io.aquifer.coverage.CollectionRound.Deleted;
import io.aquifer.coverage.CollectionRound.WalObjectsLeft;
import io.aquifer.coverage.InvariantViolatedException;
import io.aquifer.coverage.Problem;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.server.metrics.KafkaYammerMetrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GarbageCollectionTest {

    private static final Duration INTERVAL = Duration.ofMillis(1);
    private static final CollectionRound ROUND = new CollectionRound(
            true,
            new Deleted(3, 2, 700),
            0,
            4,
            new WalObjectsLeft(11, 12_345),
            List.of(new Problem("wal/1/0/7", "is damaged")),
            Optional.empty());

    private final AtomicInteger closed = new AtomicInteger();

    private GarbageCollection collection(GarbageCollection.Rounds rounds) {
        GarbageCollection collection = new GarbageCollection(rounds, closed::incrementAndGet, INTERVAL);
        collection.start();
        return collection;
    }

    @Test
    void aRoundFollowsTheOtherAndItsFiguresAreMetrics() throws InterruptedException {
        // A second round begins once the first is over, so what is seen then is the first one's.
        SynchronousQueue<Integer> begun = new SynchronousQueue<>();
        try (GarbageCollection collection = collection(() -> {
            put(begun);
            return ROUND;
        })) {
            begun.take();
            begun.take();
            assertThat(gauge("OnDuty")).isEqualTo(1L);
            assertThat(gauge("WalObjects")).isEqualTo(11L);
            assertThat(gauge("WalObjectBytes")).isEqualTo(12_345L);
            assertThat(gauge("Problems")).isEqualTo(1L);
            assertThat(gauge("TopicsUnknown")).isEqualTo(0L);
            assertThat((Long) gauge("SecondsSinceRound")).isNotNegative();
            assertThat(((Meter) metric("DeletedObjectsPerSec")).count() % 5).isZero();
            assertThat(((Meter) metric("RoundsPerSec")).count()).isPositive();
            assertThat(collection).isNotNull();
        }
        assertThat(closed).hasValue(1);
    }

    @Test
    void aRoundThatFailsIsFollowedByAnother() throws InterruptedException {
        BlockingQueue<Integer> begun = new LinkedBlockingQueue<>();
        AtomicInteger count = new AtomicInteger();
        try (GarbageCollection collection = collection(() -> {
            begun.add(count.incrementAndGet());
            if (count.get() == 1) {
                throw new IOException("the store is away");
            }
            if (count.get() == 2) {
                throw new IllegalStateException("a defect");
            }
            return ROUND;
        })) {
            for (int i = 0; i < 4; i++) {
                begun.take();
            }
            assertThat(((Meter) metric("FailedRoundsPerSec")).count()).isEqualTo(2);
            assertThat(gauge("Stopped")).isEqualTo(0L);
            assertThat(collection).isNotNull();
        }
    }

    @Test
    void nothingIsCollectedAnyMoreOnceSomethingNeededWasAboutToGo() throws InterruptedException {
        AtomicInteger count = new AtomicInteger();
        CountDownLatch threw = new CountDownLatch(1);
        try (GarbageCollection collection = collection(() -> {
            count.incrementAndGet();
            threw.countDown();
            throw new InvariantViolatedException("records");
        })) {
            threw.await();
            while (!gauge("Stopped").equals(1L)) {
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
                Thread.onSpinWait();
            }
            assertThat(collection).isNotNull();
        }
        assertThat(count).hasValue(1);
    }

    @Test
    void closingEndsARoundThatHangs() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger interrupted = new AtomicInteger();
        try (GarbageCollection collection = collection(() -> {
            begun.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                interrupted.incrementAndGet();
                throw new IOException(e);
            }
            return ROUND;
        })) {
            begun.await();
            assertThat(collection).isNotNull();
        }
        assertThat(interrupted).hasValue(1);
        assertThat(closed).hasValue(1);
    }

    private static void put(SynchronousQueue<Integer> queue) throws IOException {
        try {
            if (!queue.offer(1, 30, TimeUnit.SECONDS)) {
                throw new IOException("nobody waits");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static Object gauge(String name) {
        return ((Gauge<?>) metric(name)).value();
    }

    private static Metric metric(String name) {
        return KafkaYammerMetrics.defaultRegistry().allMetrics().entrySet().stream()
                .filter(metric -> metric.getKey().getGroup().equals("io.aquifer")
                        && metric.getKey().getType().equals("GarbageCollection")
                        && metric.getKey().getName().equals(name))
                .map(java.util.Map.Entry::getValue)
                .findFirst()
                .orElseThrow();
    }
}
