package io.aquifer.cache;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Where readers line up for memory: the first one tries again whenever some may have become free, the others wait. */
final class MemoryLine {

    private final ReentrantLock head = new ReentrantLock(true);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile boolean awaited;
    private long changes;

    /** What the first in line tries. */
    @FunctionalInterface
    interface Attempt<T> {
        @Nullable
        T make() throws IOException;
    }

    /** Whether somebody is in line. */
    boolean busy() {
        return head.isLocked();
    }

    /** Memory may have become free. Costs next to nothing while nobody is in line. */
    void memoryMayBeFree() {
        if (awaited) {
            lock.lock();
            try {
                changes++;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Lines up and makes {@code attempt} until it succeeds.
     *
     * @return null if it didn't within {@code nanos}
     * @throws IOException from {@code attempt}
     */
    <T> @Nullable T await(long nanos, Attempt<T> attempt) throws IOException, InterruptedException {
        long start = System.nanoTime();
        if (!head.tryLock(nanos, TimeUnit.NANOSECONDS)) {
            return null;
        }
        try {
            // before the first attempt: what becomes free after it was made is then told
            awaited = true;
            while (true) {
                long seen = changes();
                T result = attempt.make();
                if (result != null || !awaitChange(seen, nanos - (System.nanoTime() - start))) {
                    return result;
                }
            }
        } finally {
            awaited = false;
            head.unlock();
        }
    }

    private long changes() {
        lock.lock();
        try {
            return changes;
        } finally {
            lock.unlock();
        }
    }

    private boolean awaitChange(long seen, long nanos) throws InterruptedException {
        long left = nanos;
        lock.lockInterruptibly();
        try {
            while (changes == seen) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
