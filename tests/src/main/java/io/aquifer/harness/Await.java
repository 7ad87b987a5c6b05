package io.aquifer.harness;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for a condition that something outside this JVM brings about. */
public final class Await {

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    private Await() {}

    /** A condition that may throw while it doesn't hold yet. */
    @FunctionalInterface
    public interface Condition {
        boolean holds() throws Exception;
    }

    /**
     * Returns when {@code condition} holds.
     *
     * @param what what is awaited, for the message
     * @throws AssertionError if it doesn't hold within {@code limit}; its cause is what the condition threw last
     */
    public static void until(String what, Duration limit, Condition condition) {
        until(() -> what, limit, condition);
    }

    /** As {@link #until(String, Duration, Condition)}; the message is only made when the wait has failed. */
    public static void until(Supplier<String> what, Duration limit, Condition condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        Throwable last = null;
        do {
            try {
                if (condition.holds()) {
                    return;
                }
                last = null;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted while awaiting: " + what.get(), e);
            } catch (Exception | AssertionError e) {
                last = e;
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        } while (System.nanoTime() < deadline && !Thread.currentThread().isInterrupted());
        throw new AssertionError("Not within " + limit.toMillis() + " ms: " + what.get(), last);
    }
}
