package io.aquifer.wal.append;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bytes of one resource, memory or ring, that are promised before they are taken, so that a claim under a lock of
 * Kafka's never waits.
 *
 * <p>Waiting is in the order of arrival: whoever waits at the head holds the turn, and a later, smaller request doesn't
 * overtake it. Without anyone waiting, acquiring is one compare-and-set.
 */
final class Budget {

    private final long capacity;
    private final AtomicLong used;
    private final ReentrantLock turn = new ReentrantLock(true);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition released = lock.newCondition();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile boolean closed;

    /**
     * @param capacity bytes that waiting gives out at most
     * @param used bytes that are taken already; may be more than {@code capacity}
     */
    Budget(long capacity, long used) {
        if (capacity <= 0) {
            throw new IllegalArgumentException("a budget of " + capacity + " bytes");
        }
        this.capacity = capacity;
        this.used = new AtomicLong(used);
    }

    long capacity() {
        return capacity;
    }

    long used() {
        return used.get();
    }

    /** How many threads wait for bytes now. */
    int waiting() {
        return waiting.get();
    }

    /** Takes bytes unless more than {@code limit} would be taken then; {@code limit} may be beyond the capacity. */
    boolean tryAcquire(long bytes, long limit) {
        while (true) {
            long current = used.get();
            if (bytes > limit - current || closed) {
                return false;
            }
            if (used.compareAndSet(current, current + bytes)) {
                return true;
            }
        }
    }

    /**
     * Waits for bytes.
     *
     * @return false if they didn't become free in time, or the budget was closed
     */
    boolean acquire(long bytes, long timeoutNanos) throws InterruptedException {
        if (waiting.get() == 0 && tryAcquire(bytes, capacity)) {
            return true;
        }
        waiting.incrementAndGet();
        try {
            return awaitTurn(bytes, timeoutNanos);
        } finally {
            waiting.decrementAndGet();
        }
    }

    private boolean awaitTurn(long bytes, long timeoutNanos) throws InterruptedException {
        long deadline = System.nanoTime() + timeoutNanos;
        if (!turn.tryLock(timeoutNanos, TimeUnit.NANOSECONDS)) {
            return false;
        }
        try {
            return awaitRelease(bytes, deadline);
        } finally {
            turn.unlock();
        }
    }

    private boolean awaitRelease(long bytes, long deadline) throws InterruptedException {
        lock.lock();
        try {
            while (!tryAcquire(bytes, capacity)) {
                long left = deadline - System.nanoTime();
                if (left <= 0 || closed) {
                    return false;
                }
                released.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    void release(long bytes) {
        long left = used.addAndGet(-bytes);
        if (left < 0) {
            throw new IllegalStateException("released " + -left + " bytes more than were taken");
        }
        signal();
    }

    /** Refuses from now on, and wakes whoever waits. */
    void close() {
        closed = true;
        signal();
    }

    private void signal() {
        if (waiting.get() > 0) {
            lock.lock();
            try {
                released.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
