package io.aquifer.rebuild;

import io.aquifer.object.Failures;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waits for what the store does. */
final class Waiting {

    private Waiting() {}

    /**
     * What a future completes with.
     *
     * @throws IOException what it failed with, or an {@link InterruptedIOException}, with the thread's interrupted status set
     */
    static <T> T untilDone(CompletableFuture<T> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("Interrupted while waiting for the store");
            interrupted.initCause(e);
            throw interrupted;
        } catch (ExecutionException e) {
            Throwable cause = Failures.unwrapped(Objects.requireNonNullElse(e.getCause(), e));
            throw cause instanceof IOException failure
                    ? failure
                    : new IOException("Reading the bucket failed: " + cause, cause);
        }
    }
}
