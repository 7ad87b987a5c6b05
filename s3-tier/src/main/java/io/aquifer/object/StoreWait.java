package io.aquifer.object;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waits for calls of the object store, on threads that may block and may be interrupted by whoever has lost interest. */
public final class StoreWait {

    private StoreWait() {}

    /**
     * What the future completes with. When this thread is interrupted the future is cancelled.
     *
     * @throws IOException the future's own failure, or one that has it as its cause when it is of another kind
     * @throws InterruptedIOException when interrupted; the thread's interrupted status is set
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
        } catch (CancellationException e) {
            throw new IOException("The call was cancelled: what was to use its result has been closed", e);
        } catch (ExecutionException e) {
            throw failure(Failures.unwrapped(e.getCause() == null ? e : e.getCause()));
        }
    }

    private static IOException failure(Throwable cause) {
        return cause instanceof IOException io ? io : new IOException("The call to the store failed: " + cause, cause);
    }
}
