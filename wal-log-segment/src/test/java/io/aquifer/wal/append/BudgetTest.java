package io.aquifer.wal.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BudgetTest {

    private static final long LONG = Duration.ofMinutes(10).toNanos();

    private final Budget budget = new Budget(100, 0);

    @Test
    void noMoreThanTheLimitIsGivenOut() {
        assertThat(budget.tryAcquire(60, 100)).isTrue();
        assertThat(budget.tryAcquire(41, 100)).isFalse();
        assertThat(budget.tryAcquire(40, 100)).isTrue();
        assertThat(budget.tryAcquire(1, 100)).isFalse();
        assertThat(budget.tryAcquire(20, 120)).as("a higher limit").isTrue();
        assertThat(budget.used()).isEqualTo(120);
        assertThat(budget.tryAcquire(Long.MAX_VALUE, 120)).isFalse();
    }

    @Test
    void whatIsTakenFromTheBeginningCounts() throws InterruptedException {
        Budget recovered = new Budget(100, 130);
        assertThat(recovered.acquire(1, 0)).isFalse();
        recovered.release(31);
        assertThat(recovered.acquire(1, 0)).isTrue();
    }

    @Test
    void releasingMoreThanWasTakenIsAnError() {
        assertThat(budget.tryAcquire(10, 100)).isTrue();
        assertThatThrownBy(() -> budget.release(11)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aBudgetOfNothingIsRefused() {
        assertThatThrownBy(() -> new Budget(0, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void waitingEndsWithTheRelease() throws Exception {
        assertThat(budget.acquire(100, 0)).isTrue();
        Waiter waiter = new Waiter(10);
        budget.release(9);
        assertThat(waiter.isWaiting()).isTrue();
        budget.release(1);
        assertThat(waiter.answer()).isTrue();
        assertThat(budget.used()).isEqualTo(100);
    }

    @Test
    void waitingEndsInTime() throws InterruptedException {
        assertThat(budget.acquire(100, 0)).isTrue();
        assertThat(budget.acquire(1, 1)).isFalse();
        assertThat(budget.used()).isEqualTo(100);
        assertThat(budget.waiting()).isZero();
    }

    @Test
    void aSmallRequestDoesNotOvertakeALargeOneThatWaits() throws Exception {
        assertThat(budget.acquire(60, 0)).isTrue();
        Waiter large = new Waiter(50);
        Waiter small = new Waiter(10);
        assertThat(large.isWaiting()).isTrue();
        assertThat(budget.waiting()).isEqualTo(2);
        budget.release(10);
        assertThat(large.answer()).isTrue();
        assertThat(small.isWaiting()).isTrue();
        assertThat(budget.waiting()).isEqualTo(1);
        budget.release(10);
        assertThat(small.answer()).isTrue();
        assertThat(budget.waiting()).isZero();
        assertThat(budget.used()).isEqualTo(100);
    }

    @Test
    void anInterruptEndsWaitingAndLeavesTheTurnToTheNext() throws Exception {
        assertThat(budget.acquire(60, 0)).isTrue();
        Waiter large = new Waiter(50);
        Waiter small = new Waiter(10);
        large.thread.interrupt();
        assertThatThrownBy(large::answer).hasRootCauseInstanceOf(InterruptedException.class);
        assertThat(small.answer()).isTrue();
        assertThat(budget.waiting()).isZero();
    }

    @Test
    void closingWakesAllWhoWaitAndRefusesAllWhoCome() throws Exception {
        assertThat(budget.acquire(100, 0)).isTrue();
        Waiter first = new Waiter(1);
        Waiter second = new Waiter(1);
        budget.close();
        assertThat(first.answer()).isFalse();
        assertThat(second.answer()).isFalse();
        budget.release(100);
        assertThat(budget.acquire(1, LONG)).isFalse();
        assertThat(budget.tryAcquire(1, 100)).isFalse();
    }

    /** A thread that waits for bytes: it does when the constructor returns. */
    private final class Waiter {
        private final CompletableFuture<Boolean> answer = new CompletableFuture<>();
        private final Thread thread;

        Waiter(long bytes) {
            thread = new Thread(() -> {
                try {
                    answer.complete(budget.acquire(bytes, LONG));
                } catch (InterruptedException e) {
                    answer.completeExceptionally(e);
                }
            });
            thread.setDaemon(true);
            thread.start();
            while (thread.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
        }

        boolean isWaiting() {
            return !answer.isDone();
        }

        boolean answer() throws Exception {
            return answer.get(30, TimeUnit.SECONDS);
        }
    }
}
