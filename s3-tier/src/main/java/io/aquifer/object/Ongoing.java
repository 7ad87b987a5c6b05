package io.aquifer.object;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Futures that haven't completed yet. */
final class Ongoing<F extends CompletableFuture<?>> {

    private final Map<Long, F> futures = new ConcurrentHashMap<>();
    private final AtomicLong added = new AtomicLong();

    /** Keeps {@code future} until it completes. */
    void add(F future) {
        long number = added.incrementAndGet();
        futures.put(number, future);
        CompletableFuture<?> unused = future.whenComplete((result, failure) -> futures.remove(number));
    }

    void forEach(Consumer<F> action) {
        futures.values().forEach(action);
    }
}
