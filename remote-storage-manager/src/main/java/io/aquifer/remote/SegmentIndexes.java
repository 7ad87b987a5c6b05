package io.aquifer.remote;

import io.aquifer.format.SegmentIndex;
import io.aquifer.format.SegmentLocation;
import io.aquifer.format.SegmentName;
import io.aquifer.format.SegmentOpener;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The indexes of segment objects used last, each read once however many threads want it.
 */
final class SegmentIndexes {

    private final SegmentOpener opener;
    private final long maxWeight;

    /** Least recently used first; among them some still being read. Guarded by this, as is the weight of those read. */
    private final Map<SegmentName, CompletableFuture<SegmentIndex>> indexes = new LinkedHashMap<>(16, 0.75f, true);

    private long weight;

    /** @param maxWeight memory for indexes, in bytes; the one used last stays even when it is larger */
    SegmentIndexes(SegmentOpener opener, long maxWeight) {
        this.opener = opener;
        this.maxWeight = maxWeight;
    }

    /**
     * The index of a segment's object. Being interrupted ends the waiting, not the reading, which others may wait for.
     *
     * @param location where the index is thought to be
     */
    SegmentIndex get(SegmentName name, Optional<SegmentLocation> location) throws IOException {
        CompletableFuture<SegmentIndex> reading = new CompletableFuture<>();
        CompletableFuture<SegmentIndex> shared;
        synchronized (this) {
            CompletableFuture<SegmentIndex> known = indexes.putIfAbsent(name, reading);
            shared = known == null ? reading : known;
        }
        if (shared == reading) {
            read(name, location, reading);
        }
        return Waiting.untilDone(shared.copy());
    }

    private void read(SegmentName name, Optional<SegmentLocation> location, CompletableFuture<SegmentIndex> reading) {
        CompletableFuture<SegmentIndex> call;
        try {
            call = opener.open(name, location);
        } catch (Throwable e) {
            call = CompletableFuture.failedFuture(e);
        }
        CompletableFuture<?> unused = call.whenComplete((index, failure) -> {
            if (failure == null) {
                settle(name, reading, index);
            } else {
                discard(name, reading);
                reading.completeExceptionally(failure);
            }
        });
    }

    private synchronized void settle(SegmentName name, CompletableFuture<SegmentIndex> reading, SegmentIndex index) {
        reading.complete(index);
        if (indexes.get(name) != reading) {
            return;
        }
        weight += index.weight();
        Iterator<CompletableFuture<SegmentIndex>> oldest = indexes.values().iterator();
        while (weight > maxWeight && oldest.hasNext()) {
            CompletableFuture<SegmentIndex> next = oldest.next();
            if (next.isDone() && next != reading) {
                weight -= next.join().weight();
                oldest.remove();
            }
        }
    }

    private synchronized void discard(SegmentName name, CompletableFuture<SegmentIndex> reading) {
        indexes.remove(name, reading);
    }

    /** Forgets a segment, whose object is being deleted. */
    synchronized void forget(SegmentName name) {
        CompletableFuture<SegmentIndex> known = indexes.remove(name);
        if (known != null && known.isDone() && !known.isCompletedExceptionally()) {
            weight -= known.join().weight();
        }
    }

    /** Memory of the indexes kept, in bytes. */
    synchronized long weight() {
        return weight;
    }
}
