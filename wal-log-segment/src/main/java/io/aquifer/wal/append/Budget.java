package io.aquifer.wal.append;

import java.util.concurrent.TimeUnit;
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
    private final AtomicLong used = new AtomicLong();
    private final ReentrantLock turn = new ReentrantLock(true);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition released = lock.newCondition();
    private volatile int waiting;
    private volatile boolean closed;

    /** @param capacity bytes that {@link #tryAcquire} hands out at most; {@link #force} goes beyond */
    Budget(long capacity) {
        if (capacity <= 0) {
            throw new IllegalArgumentException("a budget of " + capacity + " bytes");
        }
        this.capacity = capacity;
    }

    long capacity() {
        return capacity;
    }

    long used() {
        return used.get();
    }

    boolean tryAcquire(long bytes) {
        while (true) {
            long current = used.get();
            if (current + bytes > capacity || closed) {
                return false;
            }
            if (used.compareAndSet(current, current + bytes)) {
                return true;
            }
        }
    }

    /** Takes bytes beyond any limit: for control records, which have room of their own. */
    void force(long bytes) {
        used.addAndGet(bytes);
    }

    /**
     * Waits for bytes.
     *
     * @return false if they didn't become free in time, or the budget was closed
     */
    boolean acquire(long bytes, long timeoutNanos) throws InterruptedException {
        if (waiting == 0 && tryAcquire(bytes)) {
            return true;
        }
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
        waiting = 1;
        try {
            while (!tryAcquire(bytes)) {
                long left = deadline - System.nanoTime();
                if (left <= 0 || closed) {
                    return false;
                }
                released.awaitNanos(left);
            }
            return true;
        } finally {
            waiting = 0;
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
        if (waiting > 0) {
            lock.lock();
            try {
                released.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
