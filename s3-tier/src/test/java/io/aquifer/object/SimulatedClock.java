package io.aquifer.object;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;

/**
 * A clock that stands still until it is told to go on, and what is to happen at which time. What was scheduled runs on the
 * thread that drives the clock, in the order of its time and, at the same time, of its scheduling.
 */
public final class SimulatedClock {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final boolean eager;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparing(Event::at).thenComparing(Event::number));
    private Instant now = START;
    private long scheduled;

    private SimulatedClock(boolean eager) {
        this.eager = eager;
    }

    /** A clock that a test drives. */
    public static SimulatedClock driven() {
        return new SimulatedClock(false);
    }

    /**
     * A clock that jumps to whatever is scheduled as soon as it is, on the thread that schedules: for tests that aren't
     * about time, with threads of their own.
     */
    public static SimulatedClock eager() {
        return new SimulatedClock(true);
    }

    public synchronized Instant now() {
        return now;
    }

    /** Has {@code event} run after {@code delay}. */
    public void schedule(Duration delay, Runnable event) {
        synchronized (this) {
            Instant at = now.plus(delay);
            if (!eager) {
                events.add(new Event(at, scheduled++, event));
                return;
            }
            now = at;
        }
        event.run();
    }

    /** Goes on to the next event and runs it. False when there is none. */
    public boolean runNext() {
        Event next;
        synchronized (this) {
            next = events.poll();
            if (next == null) {
                return false;
            }
            now = next.at;
        }
        next.event.run();
        return true;
    }

    /** Goes on until nothing is left to happen. */
    public void runAll() {
        boolean more;
        do {
            more = runNext();
        } while (more);
    }

    /** Goes on by {@code time}, running what happens until then. */
    public void advance(Duration time) {
        Instant end = now().plus(time);
        while (nextIsUntil(end)) {
            runNext();
        }
        synchronized (this) {
            now = end;
        }
    }

    private synchronized boolean nextIsUntil(Instant end) {
        Event next = events.peek();
        return next != null && !next.at.isAfter(end);
    }

    /** Goes on until {@code future} has completed, and returns or throws what it completed with. */
    public <T> T await(CompletableFuture<T> future) {
        while (!future.isDone()) {
            if (!runNext()) {
                throw new AssertionError("nothing is left to happen that would complete " + future);
            }
        }
        return future.join();
    }

    private record Event(Instant at, long number, Runnable event) {}
}
