package io.aquifer.format;

import io.aquifer.object.Failures;
import io.aquifer.object.ObjectRange;
import io.aquifer.object.ObjectStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One read of data that lies in WAL objects. Pieces that lie near each other in an object come with one request, a few of which
 * are under way at once.
 */
final class CompositeRead extends CompletableFuture<Void> {

    /** What lies between two pieces is read with them if it isn't longer, in bytes. */
    private static final int MAX_GAP = 64 << 10;

    private static final int MAX_SPAN = 4 << 20;
    private static final int REQUESTS_AT_ONCE = 8;

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final CompositePieces data;
    private final long position;
    private final ByteBuffer target;
    private final Executor verification;
    private final List<Span> spans;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger unread;
    /** Those under way, by the number of their span. */
    private final Map<Integer, CompletableFuture<ObjectRange>> requests = new ConcurrentHashMap<>();

    /** A run of pieces that one request reads: from the first up to the last, exclusive. */
    private record Span(int first, int end) {}

    CompositeRead(
            ObjectStore store,
            ClusterKeys keys,
            CompositePieces data,
            long position,
            ByteBuffer target,
            Executor verification) {
        Objects.checkFromIndexSize(position, target.remaining(), data.length());
        this.store = store;
        this.keys = keys;
        this.data = data;
        this.position = position;
        this.target = target.slice();
        this.verification = verification;
        this.spans = spans();
        this.unread = new AtomicInteger(spans.size());
    }

    private List<Span> spans() {
        List<Span> found = new ArrayList<>();
        if (!target.hasRemaining()) {
            return found;
        }
        long end = position + target.remaining();
        int first = data.at(position);
        for (int piece = first + 1; piece <= data.list().size(); piece++) {
            boolean wanted = piece < data.list().size() && data.start(piece) < end;
            if (!wanted || !joins(first, piece)) {
                found.add(new Span(first, piece));
                first = piece;
            }
            if (!wanted) {
                break;
            }
        }
        return found;
    }

    private boolean joins(int first, int piece) {
        CompositePiece begin = data.list().get(first);
        CompositePiece before = data.list().get(piece - 1);
        CompositePiece next = data.list().get(piece);
        int gap = next.position() - before.position() - before.length();
        return next.object().equals(before.object())
                && gap >= 0
                && gap <= MAX_GAP
                && next.position() + next.length() - begin.position() <= MAX_SPAN;
    }

    void begin() {
        if (spans.isEmpty()) {
            complete(null);
        }
        for (int i = 0; i < REQUESTS_AT_ONCE; i++) {
            readNext();
        }
    }

    private void readNext() {
        int number = next.getAndIncrement();
        if (number >= spans.size() || isDone()) {
            return;
        }
        Span span = spans.get(number);
        CompositePiece first = data.list().get(span.first());
        CompositePiece last = data.list().get(span.end() - 1);
        String key = keys.walObject(first.object());
        ByteBuffer bytes = ByteBuffer.allocate(last.position() + last.length() - first.position());
        CompletableFuture<ObjectRange> request = store.get(key, first.position(), bytes);
        requests.put(number, request);
        if (isDone()) {
            request.cancel(true);
        }
        CompletableFuture<?> unused = request.thenRunAsync(() -> take(span, bytes, key), verification)
                .whenComplete((done, failure) -> {
                    requests.remove(number);
                    if (failure != null) {
                        completeExceptionally(Failures.unwrapped(failure));
                        cancelRequests();
                    } else if (unread.decrementAndGet() == 0) {
                        complete(null);
                    } else {
                        readNext();
                    }
                });
    }

    private void take(Span span, ByteBuffer bytes, String key) {
        int from = data.list().get(span.first()).position();
        for (int number = span.first(); number < span.end(); number++) {
            CompositePiece piece = data.list().get(number);
            int found = Checksum.of(bytes, piece.position() - from, piece.length());
            if (found != piece.checksum()) {
                throw new CompletionException(new DamagedObjectException(String.format(
                        "%d bytes at position %d of '%s' in %s, with offsets %d to %d, give"
                                + " checksum %08x where its index has %08x. %s",
                        piece.length(),
                        piece.position(),
                        key,
                        store.name(),
                        piece.baseOffset(),
                        piece.lastOffset(),
                        found,
                        piece.checksum(),
                        ObjectKind.WAL.remedy())));
            }
            copy(bytes.slice(piece.position() - from, piece.length()), data.start(number) - position);
        }
    }

    /** @param at where the piece begins in the target, below 0 for one that begins before it */
    private synchronized void copy(ByteBuffer piece, long at) {
        if (!isDone()) {
            int skipped = (int) Math.max(0, -at);
            int begin = (int) Math.max(0, at);
            int length = Math.min(piece.remaining() - skipped, target.remaining() - begin);
            target.put(begin, piece, skipped, length);
        }
    }

    /** Once this has returned, nothing is written any more. */
    @Override
    public synchronized boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        cancelRequests();
        return cancelled;
    }

    private void cancelRequests() {
        requests.values().forEach(request -> request.cancel(true));
    }
}
