package io.aquifer.wal.upload;

import io.aquifer.format.ObjectFormatException;
import io.aquifer.object.Failures;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A request that is repeated for ever, with a growing pause, until it is answered. Nothing happens but in {@link #poll}.
 *
 * @param <T> what it is answered with
 */
final class Repeated<T> {

    private final String what;
    private final Supplier<CompletableFuture<T>> request;
    private final UploadContext context;
    private @Nullable CompletableFuture<T> pending;
    private int failures;
    private long firstSentAt;
    private long sentAt;
    private long nextAt;

    /** @param what is tried, in words */
    Repeated(String what, UploadContext context, Supplier<CompletableFuture<T>> request) {
        this.what = what;
        this.request = request;
        this.context = context;
        this.nextAt = context.now();
    }

    /**
     * Sends the request when it is time to, and looks for the answer.
     *
     * @return nothing as long as there is no answer
     * @throws ObjectFormatException if what it found in the bucket isn't what belongs there, which no repetition cures
     */
    Optional<T> poll() throws IOException {
        long now = context.now();
        if (pending == null && now - nextAt >= 0) {
            send(now);
        }
        if (pending == null || !pending.isDone()) {
            return Optional.empty();
        }
        CompletableFuture<T> answered = pending;
        if (!answered.isCompletedExceptionally()) {
            return Optional.of(answered.join());
        }
        pending = null;
        Throwable cause =
                Failures.unwrapped(answered.handle((none, failure) -> failure).join());
        if (cause instanceof ObjectFormatException damaged) {
            throw damaged;
        }
        failures++;
        nextAt = context.now() + context.backoffNanos(failures);
        context.observer().failed(what, failures, cause);
        return Optional.empty();
    }

    private void send(long now) {
        sentAt = now;
        if (failures == 0) {
            firstSentAt = now;
        }
        CompletableFuture<T> sent = request.get();
        pending = sent;
        CompletableFuture<T> unused = sent.whenComplete((answer, failure) -> context.wake());
    }

    boolean sentBefore() {
        return failures > 0;
    }

    /** When the first attempt was sent: from then on it may have taken effect. */
    long firstSentAt() {
        return firstSentAt;
    }

    /** When the attempt was sent that was answered. */
    long sentAt() {
        return sentAt;
    }

    /** When there is something to do again, or {@link Long#MAX_VALUE} while an answer is awaited. */
    long nextAt() {
        return pending == null ? nextAt : Long.MAX_VALUE;
    }

    void cancel() {
        CompletableFuture<T> sent = pending;
        if (sent != null) {
            sent.cancel(false);
        }
    }
}
