package io.aquifer.object;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongConsumer;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/**
 * Sends the requests of calls, no more at once and no more bytes in a second than allowed, and ends the calls that are open
 * when the store is closed.
 */
final class S3Calls {

    private final S3AsyncClient client;
    private final S3Failures failures;
    private final AsyncPermits permits;
    private final TransferLimits limits;
    private final ObjectStoreObserver observer;
    private final String store;
    private final Ongoing<StoreCall<?>> open = new Ongoing<>();
    private volatile boolean closed;

    /** @param store what the operator calls the store */
    S3Calls(
            S3AsyncClient client,
            S3Failures failures,
            int requestsInFlight,
            TransferLimits limits,
            ObjectStoreObserver observer,
            String store) {
        this.client = client;
        this.failures = failures;
        this.permits = new AsyncPermits(requestsInFlight);
        this.limits = limits;
        this.observer = observer;
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
                .thenCompose(permit -> sendNow(call, action, request))
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        StoreCall.isCancellation(failure)
                                ? Failures.unwrapped(failure)
                                : failures.explain(Failures.unwrapped(failure), action, key)));
    }

    /** Like {@link #send}, of a request with a body of {@code bytes}. */
    <R> CompletableFuture<R> sendBody(
            StoreCall<?> call,
            S3Action action,
            String key,
            long bytes,
            Function<S3AsyncClient, CompletableFuture<R>> request) {
        return pass(call, limits.upload(), bytes, observer::waitedToSend)
                .thenCompose(turn -> send(call, action, key, request))
                .thenApply(answer -> {
                    observer.bytesSent(bytes);
                    return answer;
                });
    }

    /** Like {@link #send}, of a GET for {@code bytes}. */
    CompletableFuture<ObjectRange> receive(
            StoreCall<?> call,
            String key,
            long bytes,
            Function<S3AsyncClient, CompletableFuture<ObjectRange>> request) {
        return pass(call, limits.download(), bytes, observer::waitedToReceive)
                .thenCompose(turn -> send(call, S3Action.GET, key, request))
                .thenApply(range -> {
                    observer.bytesReceived(range.length());
                    return range;
                });
    }

    private static CompletableFuture<Void> pass(
            StoreCall<?> call, ByteLimit limit, long bytes, LongConsumer waitedNanos) {
        CompletableFuture<Void> turn = limit.pass(bytes);
        if (turn.isDone()) {
            return turn;
        }
        long start = System.nanoTime();
        return call.step(turn).whenComplete((passed, failure) -> waitedNanos.accept(System.nanoTime() - start));
    }

    private <R> CompletableFuture<R> sendNow(
            StoreCall<?> call, S3Action action, Function<S3AsyncClient, CompletableFuture<R>> request) {
        long start = System.nanoTime();
        observer.requestSent(action);
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
        return call.step(answer).whenComplete((result, failure) -> {
            permits.release();
            if (failure == null || failures.isAnswer(failure)) {
                observer.requestAnswered(action, System.nanoTime() - start);
            } else if (StoreCall.isCancellation(failure)) {
                observer.requestCancelled(action);
            } else {
                observer.requestFailed(action);
            }
        });
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
