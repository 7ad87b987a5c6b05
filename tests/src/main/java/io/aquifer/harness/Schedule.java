package io.aquifer.harness;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * When the records of one of several producers are due.
 *
 * <p>A record keeps its due time however late its turn comes, so that a stall shows in the latency of every record
 * that had to wait for it and not only in that of the first.
 */
final class Schedule {

    private final long begin;
    private final double nanosBetween;
    private final double firstAfter;
    private long taken;

    /**
     * @param begin {@link System#nanoTime} of the first record of all producers
     * @param recordsPerSecond of all producers together; 0 for no schedule: a record is due when it's asked for
     */
    Schedule(long begin, int producer, int producers, int recordsPerSecond) {
        this.begin = begin;
        double between = recordsPerSecond == 0 ? 0 : (double) TimeUnit.SECONDS.toNanos(1) / recordsPerSecond;
        nanosBetween = between * producers;
        firstAfter = between * producer;
    }

    /** Waits for the next record's time and answers it, as {@link System#nanoTime} counts. */
    long awaitNext() {
        if (nanosBetween == 0) {
            return System.nanoTime();
        }
        long due = begin + (long) (firstAfter + nanosBetween * taken++);
        long wait = due - System.nanoTime();
        while (wait > 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(wait);
            wait = due - System.nanoTime();
        }
        return due;
    }
}
