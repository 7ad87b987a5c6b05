package io.aquifer.demo;

import io.aquifer.harness.History;
import io.aquifer.harness.Load;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;

/** Shows, second by second, how producing goes. */
final class Progress {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Console console;
    private final History history;

    Progress(Console console, History history) {
        this.console = console;
        this.history = history;
    }

    /** Watches {@code load} for {@code time} and answers the latencies of that time, in microseconds. */
    Histogram during(String what, Load load, Duration time) {
        long end = System.nanoTime() + time.toNanos();
        return watch(what, load, end, () -> false);
    }

    /**
     * Watches {@code load} until {@code done} holds, and answers the latencies of that time, in microseconds.
     *
     * @throws AssertionError if that takes longer than {@code limit}
     */
    Histogram until(String what, Load load, Duration limit, BooleanSupplier done) {
        AtomicBoolean seen = new AtomicBoolean();
        Histogram all = watch(what, load, System.nanoTime() + limit.toNanos(), () -> {
            seen.set(seen.get() || done.getAsBoolean());
            return seen.get();
        });
        if (!seen.get()) {
            throw new AssertionError(what + " took longer than " + limit.toSeconds() + " s");
        }
        return all;
    }

    private Histogram watch(String what, Load load, long end, BooleanSupplier done) {
        load.latenciesSinceLastCall();
        Histogram all = new Histogram(3);
        long shown = System.nanoTime();
        long acknowledged = history.acknowledged();
        while (shown < end && !done.getAsBoolean()) {
            waitUntil(Math.min(end, shown + SECOND));
            long now = System.nanoTime();
            Histogram latencies = load.latenciesSinceLastCall();
            long total = history.acknowledged();
            console.progress(String.format(
                    Locale.ROOT,
                    "         %-12s %,12d acknowledged %,9.0f/s   p50 %8s   p99 %9s",
                    what,
                    total,
                    (total - acknowledged) * (double) SECOND / (now - shown),
                    Latency.millis(latencies, 50),
                    Latency.millis(latencies, 99)));
            all.add(latencies);
            acknowledged = total;
            shown = now;
        }
        return all;
    }

    private static void waitUntil(long nanoTime) {
        for (long left = nanoTime - System.nanoTime();
                left > 0 && !Thread.currentThread().isInterrupted();
                left = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
