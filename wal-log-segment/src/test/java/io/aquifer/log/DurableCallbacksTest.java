package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.io.File;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DurableCallbacksTest {

    private final SharedLog first = log("first");
    private final SharedLog second = log("second");

    private static SharedLog log(String topic) {
        return new SharedLog(null, new TopicPartition(topic, 0), new File(topic));
    }

    private static SharedLog inTheStripeOf(SharedLog other) {
        return IntStream.range(0, 100)
                .mapToObj(i -> log("topic-" + i))
                .filter(log -> DurableCallbacks.stripe(log) == DurableCallbacks.stripe(other))
                .findFirst()
                .orElseThrow();
    }

    /** Notices the first of the two steps only. */
    @FunctionalInterface
    private interface OnRise extends DurableCallbacks.Steps {
        @Override
        default void completeRequests(SharedLog log) {}
    }

    /** Writes down both steps, the first of which waits until it may go on. */
    private static final class Noted implements DurableCallbacks.Steps {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);
        private final List<String> steps = new CopyOnWriteArrayList<>();

        @Override
        public void raiseHighWatermark(SharedLog log) {
            begun.countDown();
            awaitUninterruptibly(goOn);
            steps.add("raise " + log.topicPartition());
        }

        @Override
        public void completeRequests(SharedLog log) {
            steps.add("complete " + log.topicPartition());
        }
    }

    @Test
    void allThatIsDueRisesBeforeRequestsAreCompleted() throws InterruptedException {
        SharedLog third = inTheStripeOf(second);
        Noted noted = new Noted();
        DurableCallbacks callbacks = new DurableCallbacks(noted);
        callbacks.queue(second);
        noted.begun.await();
        callbacks.queue(third);
        callbacks.queue(second);
        noted.goOn.countDown();
        callbacks.close();
        assertThat(noted.steps)
                .containsExactly(
                        "raise second-0",
                        "complete second-0",
                        "raise " + third.topicPartition(),
                        "raise second-0",
                        "complete " + third.topicPartition(),
                        "complete second-0");
    }

    @Test
    void whatRisesWhileACallbackIsQueuedNeedsNoOther() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Semaphore calls = new Semaphore(0);
        DurableCallbacks callbacks = new DurableCallbacks((OnRise) log -> {
            begun.countDown();
            awaitUninterruptibly(goOn);
            calls.release();
        });
        callbacks.queue(first);
        begun.await();
        for (int i = 0; i < 100; i++) {
            callbacks.queue(first);
        }
        goOn.countDown();
        callbacks.close();
        assertThat(calls.availablePermits()).isEqualTo(2);
    }

    @Test
    void aPartitionIsToldByOneThread() {
        List<Thread> threads = new CopyOnWriteArrayList<>();
        DurableCallbacks callbacks = new DurableCallbacks((OnRise) log -> threads.add(Thread.currentThread()));
        for (int i = 0; i < 100; i++) {
            callbacks.queue(first);
        }
        callbacks.close();
        assertThat(threads).isNotEmpty().containsOnly(threads.get(0)).doesNotContain(Thread.currentThread());
    }

    @Test
    void anExceptionKeepsNobodyElseFromBeingTold() throws InterruptedException {
        Semaphore told = new Semaphore(0);
        DurableCallbacks callbacks = new DurableCallbacks((OnRise) log -> {
            told.release();
            throw new IllegalStateException("of " + log);
        });
        for (SharedLog log : List.of(first, second, first, second)) {
            callbacks.queue(log);
            assertThat(told.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
        }
        callbacks.close();
    }

    @Test
    void nothingHappensOnceItIsClosed() {
        DurableCallbacks callbacks = new DurableCallbacks((OnRise) log -> {
            throw new AssertionError("told after the end");
        });
        callbacks.close();
        assertThatNoException().isThrownBy(() -> callbacks.queue(first));
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
