package io.aquifer.demo;

import io.aquifer.harness.History;
import io.aquifer.harness.Load;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** Shows, second by second, how producing goes. */
final class Progress {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final Duration SILENCE = Duration.ofMillis(100);

    private final Console console;
    private final History history;

    Progress(Console console, History history) {
        this.console = console;
        this.history = history;
    }

    /** Watches {@code load} for {@code time} and answers the latencies of that time, in microseconds. */
    Histogram during(String what, Load load, Duration time) {
        load.latenciesSinceLastCall();
        Histogram all = null;
        long end = System.nanoTime() + time.toNanos();
        long shown = System.nanoTime();
        long acknowledged = history.acknowledged();
        while (shown < end) {
            waitUntil(Math.min(end, shown + SECOND));
            long now = System.nanoTime();
            Histogram latencies = load.latenciesSinceLastCall();
            long total = history.acknowledged();
            console.progress(String.format(
                    Locale.ROOT,
                    "         %-10s %,12d acknowledged %,9.0f/s   p50 %8s   p99 %9s",
                    what,
                    total,
                    (total - acknowledged) * (double) SECOND / (now - shown),
                    Latency.millis(latencies, 50),
                    Latency.millis(latencies, 99)));
            all = all == null ? latencies : sum(all, latencies);
            acknowledged = total;
            shown = now;
        }
        return all == null ? new Histogram(3) : all;
    }

    /** Waits until the clients have taken in what a broker that is gone has answered, and answers the number. */
    long awaitSilence() {
        long acknowledged = history.acknowledged();
        waitUntil(System.nanoTime() + SILENCE.toNanos());
        while (history.acknowledged() > acknowledged) {
            acknowledged = history.acknowledged();
            waitUntil(System.nanoTime() + SILENCE.toNanos());
        }
        return acknowledged;
    }

    private static Histogram sum(Histogram one, Histogram other) {
        one.add(other);
        return one;
    }

    private static void waitUntil(long nanoTime) {
        for (long left = nanoTime - System.nanoTime();
                left > 0 && !Thread.currentThread().isInterrupted();
                left = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
