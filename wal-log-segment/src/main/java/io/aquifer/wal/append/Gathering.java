package io.aquifer.wal.append;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The appends of several records that are under way, so that a block isn't written with the first of them while their
 * thread is about to add the others: nobody has use for a part of what a request waits for as a whole.
 *
 * <p>There are two counters. Whoever waits lets those that begin from then on count in the other one, and waits for the
 * first to fall to zero. So a wait ends when the appends that had begun before it are over, however many begin meanwhile.
 */
final class Gathering {

    private final AtomicInteger[] underWay = {new AtomicInteger(), new AtomicInteger()};
    private volatile int current;
    private volatile @Nullable Thread waiter;

    /** Begins an append; answers what {@link #end} wants. */
    int begin() {
        int counter = current;
        underWay[counter].incrementAndGet();
        return counter;
    }

    /** Ends the append whose {@link #begin} answered {@code counter}. */
    void end(int counter) {
        if (underWay[counter].decrementAndGet() == 0) {
            wake();
        }
    }

    /** Has a waiting thread ask again whether it has enough. */
    void wake() {
        Thread waiting = waiter;
        if (waiting != null) {
            LockSupport.unpark(waiting);
        }
    }

    /**
     * Waits until the appends that have begun are over, but for no longer than {@code nanos}, and not at all while one is
     * under way that an earlier wait gave up on. For one thread at a time.
     *
     * @param enough whether there is no use in waiting any longer
     */
    void await(long nanos, BooleanSupplier enough) throws InterruptedException {
        int before = current;
        if (underWay[before].get() == 0 || underWay[1 - before].get() > 0 || enough.getAsBoolean()) {
            return;
        }
        current = 1 - before;
        long end = System.nanoTime() + nanos;
        waiter = Thread.currentThread();
        try {
            for (long left = nanos;
                    left > 0 && underWay[before].get() > 0 && !enough.getAsBoolean();
                    left = end - System.nanoTime()) {
                LockSupport.parkNanos(this, left);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        } finally {
            waiter = null;
        }
    }
}
