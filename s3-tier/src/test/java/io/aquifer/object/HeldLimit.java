package io.aquifer.object;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** A limit that lets nothing pass until it is told to, and notes what wanted to. */
final class HeldLimit implements ByteLimit {

    private final List<Long> asked = new CopyOnWriteArrayList<>();
    private final List<CompletableFuture<Void>> turns = new CopyOnWriteArrayList<>();
    private volatile boolean open;

    @Override
    public CompletableFuture<Void> pass(long bytes) {
        CompletableFuture<Void> turn = new CompletableFuture<>();
        asked.add(bytes);
        turns.add(turn);
        if (open) {
            turn.complete(null);
        }
        return turn;
    }

    List<Long> asked() {
        return asked;
    }

    /** Those who asked, in that order. */
    List<CompletableFuture<Void>> turns() {
        return turns;
    }

    /** Lets all pass, now and from now on. */
    void open() {
        open = true;
        turns.forEach(turn -> turn.complete(null));
    }
}
