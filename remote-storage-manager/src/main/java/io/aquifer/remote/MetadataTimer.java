package io.aquifer.remote;

import java.time.Duration;

/** Runs what mustn't be done at once, or not on the caller's thread. */
interface MetadataTimer extends AutoCloseable {

    /** Has {@code task} run after {@code delay}, unless this is closed. Returns at once. */
    void after(Duration delay, Runnable task);

    /** A clock that never goes back, in ns. */
    long nanoTime();

    /** Runs nothing more; what is running may go on for a moment. */
    @Override
    void close();
}
