package io.aquifer.object;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/** Sends the requests of calls, no more at once than allowed, and ends the calls that are open when the store is closed. */
final class S3Calls {

    private final S3AsyncClient client;
    private final S3Failures failures;
    private final AsyncPermits permits;
    private final String store;
    private final Ongoing<StoreCall<?>> open = new Ongoing<>();
    private volatile boolean closed;

    /** @param store what the operator calls the store */
    S3Calls(S3AsyncClient client, S3Failures failures, int requestsInFlight, String store) {
        this.client = client;
        this.failures = failures;
        this.permits = new AsyncPermits(requestsInFlight);
        this.store = store;
    }

    /** The same call, which ends when the store is closed. */
    <T> StoreCall<T> open(StoreCall<T> call) {
        open.add(call);
        if (closed) {
            endAll();
        }
        return call;
    }

    /**
     * Sends a request for {@code call} when its turn comes.
     *
     * @return what was answered, or the {@link ObjectStoreException} that explains the failure
     */
    <R> CompletableFuture<R> send(
            StoreCall<?> call, S3Action action, String key, Function<S3AsyncClient, CompletableFuture<R>> request) {
        return call.step(permits.acquire())
                .thenCompose(permit -> sendNow(call, request))
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        StoreCall.isCancellation(failure)
                                ? Failures.unwrapped(failure)
                                : failures.explain(Failures.unwrapped(failure), action, key)));
    }

    private <R> CompletableFuture<R> sendNow(StoreCall<?> call, Function<S3AsyncClient, CompletableFuture<R>> request) {
        CompletableFuture<R> answer;
        if (call.isDone()) {
            answer = CompletableFuture.failedFuture(new CancellationException("the call is over"));
        } else {
            try {
                answer = request.apply(client);
            } catch (RuntimeException failure) {
                answer = CompletableFuture.failedFuture(failure);
            }
        }
        return call.step(answer).whenComplete((result, failure) -> permits.release());
    }

    /** Ends every call. Once it has returned, no caller's memory is written. */
    void close() {
        closed = true;
        endAll();
    }

    private void endAll() {
        open.forEach(call -> call.completeExceptionally(new ClosedStoreException(
                "The store " + store + " was closed before the call was done: the broker is stopping.", null)));
    }
}
