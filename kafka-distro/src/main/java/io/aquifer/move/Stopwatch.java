package io.aquifer.move;

import java.io.InterruptedIOException;
import java.time.Duration;

/** The passing of time, as whoever waits for a cluster sees it. */
public interface Stopwatch {

    /** That of this machine. */
    Stopwatch SYSTEM = new Stopwatch() {

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void pause(Duration time) throws InterruptedIOException {
            try {
                Thread.sleep(time.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                InterruptedIOException interrupted = new InterruptedIOException("Interrupted while waiting");
                interrupted.initCause(e);
                throw interrupted;
            }
        }
    };

    /** Nanoseconds since whenever. */
    long nanos();

    /** Returns after this time. */
    void pause(Duration time) throws InterruptedIOException;

    /** How long it is since {@link #nanos} answered {@code begin}. */
    default Duration since(long begin) {
        return Duration.ofNanos(nanos() - begin);
    }
}
