package io.aquifer.remote;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Runs asynchronous work in the order in which it came, only so much of it at once. */
final class BoundedCalls {

    private final int limit;
    /** Guarded by this, as all that follows. */
    private final Deque<Runnable> waiting = new ArrayDeque<>();

    private int running;
    private boolean starting;

    BoundedCalls(int limit) {
        this.limit = limit;
    }

    /** What {@code work} completes with, once its turn has come. */
    <T> CompletableFuture<T> call(Supplier<CompletableFuture<T>> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        synchronized (this) {
            waiting.add(() -> start(work, result));
        }
        startWaiting();
        return result;
    }

    private <T> void start(Supplier<CompletableFuture<T>> work, CompletableFuture<T> result) {
        CompletableFuture<T> future;
        try {
            future = work.get();
        } catch (Throwable e) {
            future = CompletableFuture.failedFuture(e);
        }
        CompletableFuture<?> unused = future.whenComplete((value, failure) -> {
            synchronized (this) {
                running--;
            }
            if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(failure);
            }
            startWaiting();
        });
    }

    /** One thread at a time, and not again from within: work that completes at once would nest without end. */
    private void startWaiting() {
        synchronized (this) {
            if (starting) {
                return;
            }
            starting = true;
        }
        while (true) {
            Runnable next;
            synchronized (this) {
                next = running < limit ? waiting.poll() : null;
                if (next == null) {
                    starting = false;
                    return;
                }
                running++;
            }
            next.run();
        }
    }
}
