package io.aquifer.coverage;

import io.aquifer.format.ObjectFormatException;
import io.aquifer.object.StoreWait;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToLongFunction;

/** Opens many objects, some at a time, so that their indexes take no more memory than a few of the longest ones. */
final class Openings {

    private static final int AT_ONCE = 32;
    /** How long the objects that are opened at once are together: no index is much larger in memory than its object. */
    private static final long BYTES_AT_ONCE = 64 << 20;

    private Openings() {}

    interface Opening<K, V> {
        CompletableFuture<V> open(K name);
    }

    interface Result<K, V> {
        void of(K name, V value) throws IOException;
    }

    private record Underway<K, V>(K name, long length, CompletableFuture<V> future) {}

    /**
     * Opens all, and hands each to {@code good}, or to {@code bad} when it isn't what its format asks for.
     *
     * @param length how long an object is
     * @throws IOException any other failure, and what {@code good} throws
     */
    static <K, V> void open(
            Iterable<K> names,
            ToLongFunction<K> length,
            Opening<K, V> opening,
            Result<K, V> good,
            Result<K, IOException> bad)
            throws IOException {
        Deque<Underway<K, V>> underway = new ArrayDeque<>();
        long bytes = 0;
        try {
            for (K name : names) {
                long next = length.applyAsLong(name);
                while (!underway.isEmpty() && (underway.size() >= AT_ONCE || bytes + next > BYTES_AT_ONCE)) {
                    bytes -= finish(underway, good, bad);
                }
                underway.add(new Underway<>(name, next, opening.open(name)));
                bytes += next;
            }
            while (!underway.isEmpty()) {
                finish(underway, good, bad);
            }
        } finally {
            underway.forEach(entry -> entry.future().cancel(true));
        }
    }

    private static <K, V> long finish(Deque<Underway<K, V>> underway, Result<K, V> good, Result<K, IOException> bad)
            throws IOException {
        Underway<K, V> oldest = Objects.requireNonNull(underway.peek());
        V opened;
        try {
            opened = StoreWait.untilDone(oldest.future());
        } catch (ObjectFormatException | UnusableSnapshotException e) {
            underway.remove();
            bad.of(oldest.name(), e);
            return oldest.length();
        }
        underway.remove();
        good.of(oldest.name(), opened);
        return oldest.length();
    }
}
