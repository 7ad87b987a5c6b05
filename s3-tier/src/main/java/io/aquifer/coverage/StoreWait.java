package io.aquifer.coverage;

import io.aquifer.object.Failures;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waits for calls of the object store, on a thread that may. */
public final class StoreWait {

    private StoreWait() {}

    /**
     * What the future completes with.
     *
     * @throws IOException the future's own failure, or one that has it as its cause when it is of another kind
     * @throws InterruptedIOException when interrupted; the future is cancelled and the thread's interrupted status set
     */
    public static <T> T untilDone(CompletableFuture<T> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            future.cancel(true);
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("Interrupted while waiting for the store");
            interrupted.initCause(e);
            throw interrupted;
        } catch (ExecutionException e) {
            Throwable cause = Failures.unwrapped(e.getCause() == null ? e : e.getCause());
            throw cause instanceof IOException io
                    ? io
                    : new IOException("The call to the store failed: " + cause, cause);
        }
    }
}
