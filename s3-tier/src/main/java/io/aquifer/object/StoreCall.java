package io.aquifer.object;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/**
 * A call on the store, whose steps end with it: however it completes, by its caller's cancellation or timeout too, it
 * first lets go of the caller's memory, and what is still under way for it is cancelled.
 */
final class StoreCall<T> extends CompletableFuture<T> {

    private final Ongoing<CompletableFuture<?>> steps = new Ongoing<>();
    private final Runnable letGo;

    /** @param letGo after it has returned, the caller's memory isn't touched. Called at least once, by any thread */
    StoreCall(Runnable letGo) {
        this.letGo = letGo;
    }

    StoreCall() {
        this(() -> {});
    }

    /** The same future, cancelled when this call completes before it. */
    <S> CompletableFuture<S> step(CompletableFuture<S> step) {
        steps.add(step);
        if (isDone()) {
            step.cancel(true);
        }
        return step;
    }

    /** Completes this call as {@code outcome} does. */
    void follow(CompletableFuture<? extends T> outcome) {
        CompletableFuture<?> unused = outcome.whenComplete((result, failure) -> {
            if (failure == null) {
                complete(result);
            } else {
                completeExceptionally(Failures.unwrapped(failure));
            }
        });
    }

    @Override
    public boolean complete(T value) {
        letGo.run();
        return ended(super.complete(value));
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        letGo.run();
        return ended(super.completeExceptionally(failure));
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        letGo.run();
        return ended(super.cancel(mayInterruptIfRunning));
    }

    private boolean ended(boolean byThis) {
        steps.forEach(step -> step.cancel(true));
        return byThis;
    }

    static boolean isCancellation(Throwable failure) {
        return Failures.unwrapped(failure) instanceof CancellationException;
    }
}
