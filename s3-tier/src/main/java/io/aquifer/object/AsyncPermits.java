package io.aquifer.object;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/** Permits that are waited for without a thread, given out in the order of asking. */
final class AsyncPermits {

    private final Deque<CompletableFuture<Void>> waiting = new ArrayDeque<>();
    private int free;

    AsyncPermits(int permits) {
        this.free = permits;
    }

    /** Completes with a permit, to be given back by {@link #release}; one whose future was cancelled before isn't given. */
    CompletableFuture<Void> acquire() {
        CompletableFuture<Void> permit = new CompletableFuture<>();
        synchronized (this) {
            if (free == 0) {
                waiting.add(permit);
                return permit;
            }
            free--;
        }
        permit.complete(null);
        return permit;
    }

    /** Gives back a permit, to the one that has waited longest: its dependent stages run here. */
    void release() {
        while (true) {
            CompletableFuture<Void> next;
            synchronized (this) {
                next = waiting.poll();
                if (next == null) {
                    free++;
                    return;
                }
            }
            if (next.complete(null)) {
                return;
            }
        }
    }
}
