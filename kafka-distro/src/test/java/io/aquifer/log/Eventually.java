package io.aquifer.log;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what other threads bring about. */
final class Eventually {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long BETWEEN_LOOKS_NANOS = 1_000_000;

    private Eventually() {}

    /** Returns when the condition holds; fails if it doesn't for a long time. */
    static void holds(String what, Callable<Boolean> condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (!condition.call()) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("Not within " + PATIENCE + ": " + what);
                }
                LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError("While awaiting: " + what, e);
        }
    }

    /** Returns when the thread waits for a lock or a condition; fails if it ends. */
    static void blocks(Thread thread) {
        holds(thread + " waits", () -> {
            if (thread.getState() == Thread.State.TERMINATED) {
                throw new AssertionError(thread + " ended without waiting");
            }
            return thread.getState() == Thread.State.BLOCKED
                    || thread.getState() == Thread.State.WAITING
                    || thread.getState() == Thread.State.TIMED_WAITING;
        });
    }
}
