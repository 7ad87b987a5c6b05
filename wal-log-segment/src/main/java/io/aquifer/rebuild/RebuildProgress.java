package io.aquifer.rebuild;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the rebuild of lost logs is: for metrics, and for the broker's log, which tells it every few seconds. Safe for use by
 * several threads.
 */
public final class RebuildProgress {

    private static final Logger LOG = LoggerFactory.getLogger(RebuildProgress.class);
    private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final LongSupplier nanos;
    private final AtomicInteger logs = new AtomicInteger();
    private final AtomicInteger staged = new AtomicInteger();
    private final AtomicInteger rebuilt = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong fetched = new AtomicLong();
    private final AtomicLong lastLine;

    /** @param nanos a clock such as {@link System#nanoTime} */
    public RebuildProgress(LongSupplier nanos) {
        this.nanos = nanos;
        this.lastLine = new AtomicLong(nanos.getAsLong());
    }

    /** Logs that are to be rebuilt. */
    public int logs() {
        return logs.get();
    }

    /** Those of them that have their directory, whole and durable. */
    public int rebuilt() {
        return rebuilt.get();
    }

    /** Bytes of records that are to be read from the bucket, as far as that is known; those of a log that is read again count again. */
    public long bytes() {
        return bytes.get();
    }

    /** Those of them that were read, verified and written. */
    public long fetched() {
        return fetched.get();
    }

    void begin(int more) {
        logs.addAndGet(more);
    }

    /** What is to be read of a log is known, and was wanted. */
    void staged() {
        staged.incrementAndGet();
        tell();
    }

    void want(long length) {
        bytes.addAndGet(length);
    }

    void fetched(long length) {
        fetched.addAndGet(length);
        tell();
    }

    void made() {
        rebuilt.incrementAndGet();
    }

    private void tell() {
        long now = nanos.getAsLong();
        long last = lastLine.get();
        if (now - last >= LINE_NANOS && lastLine.compareAndSet(last, now)) {
            LOG.info(
                    "Rebuilding {} logs: {} are laid out, {} of {} MiB of records are there",
                    logs.get(),
                    staged.get(),
                    fetched.get() >> 20,
                    bytes.get() >> 20);
        }
    }
}
