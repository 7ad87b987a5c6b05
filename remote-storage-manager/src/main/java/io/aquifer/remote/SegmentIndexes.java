package io.aquifer.remote;

import io.aquifer.format.OpenedSegment;
import io.aquifer.format.SegmentLocation;
import io.aquifer.format.SegmentName;
import io.aquifer.format.SegmentResolver;
import io.aquifer.object.StoreWait;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The indexes of segments used last, each read once however many threads want it.
 */
final class SegmentIndexes {

    private final SegmentResolver opener;
    private final long maxWeight;

    /** Least recently used first; among them some still being read. Guarded by this, as is the weight of those read. */
    private final Map<SegmentName, CompletableFuture<OpenedSegment>> indexes = new LinkedHashMap<>(16, 0.75f, true);

    private long weight;

    /** @param maxWeight memory for indexes, in bytes; the one used last stays even when it is larger */
    SegmentIndexes(SegmentResolver opener, long maxWeight) {
        this.opener = opener;
        this.maxWeight = maxWeight;
    }

    /**
     * The index of a segment. Being interrupted ends the waiting, not the reading, which others may wait for.
     *
     * @param location where the index is thought to be
     */
    OpenedSegment get(SegmentName name, Optional<SegmentLocation> location) throws IOException {
        CompletableFuture<OpenedSegment> reading = new CompletableFuture<>();
        CompletableFuture<OpenedSegment> shared;
        synchronized (this) {
            CompletableFuture<OpenedSegment> known = indexes.putIfAbsent(name, reading);
            shared = known == null ? reading : known;
        }
        if (shared == reading) {
            read(name, location, reading);
        }
        return StoreWait.untilDone(shared.copy());
    }

    private void read(SegmentName name, Optional<SegmentLocation> location, CompletableFuture<OpenedSegment> reading) {
        CompletableFuture<OpenedSegment> call;
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

    private synchronized void settle(SegmentName name, CompletableFuture<OpenedSegment> reading, OpenedSegment index) {
        reading.complete(index);
        if (indexes.get(name) != reading) {
            return;
        }
        weight += index.weight();
        Iterator<CompletableFuture<OpenedSegment>> oldest = indexes.values().iterator();
        while (weight > maxWeight && oldest.hasNext()) {
            CompletableFuture<OpenedSegment> next = oldest.next();
            if (next.isDone() && next != reading) {
                weight -= next.join().weight();
                oldest.remove();
            }
        }
    }

    private synchronized void discard(SegmentName name, CompletableFuture<OpenedSegment> reading) {
        indexes.remove(name, reading);
    }

    /** Forgets a segment, whose object is being deleted, or isn't where it was. */
    synchronized void forget(SegmentName name) {
        CompletableFuture<OpenedSegment> known = indexes.remove(name);
        if (known != null && known.isDone() && !known.isCompletedExceptionally()) {
            weight -= known.join().weight();
        }
    }

    /** Memory of the indexes kept, in bytes. */
    synchronized long weight() {
        return weight;
    }
}
