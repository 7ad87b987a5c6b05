package io.aquifer.format;

import io.aquifer.object.Failures;
import io.aquifer.object.Listing;
import io.aquifer.object.ObjectContent;
import io.aquifer.object.ObjectNotFoundException;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.PutResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Makes plain segment objects of composite segments, so that the WAL objects that they lie in can go. The segment stays the
 * same, with its id: the object is created under the segment's own key, and only then the composite segment is deleted.
 *
 * <p>The same composite segment always becomes the same segment object, so rewriting can end anywhere and be done again, by
 * several at once too. What a snapshot doesn't promise isn't rewritten: it may be taken back. Nor is a segment whose deletion
 * has begun; if it begins meanwhile, the object that was made is deleted again, for whoever deletes the segment may have looked
 * before.
 */
public final class CompositeRewriter {

    /** What became of a composite segment. */
    public enum Outcome {
        /** Its plain object was created, and it is deleted. */
        REWRITTEN,
        /** It had one, and is deleted. */
        EXISTED,
        /** It isn't promised yet, and is left as it is. */
        NOT_PROMISED,
        /** Its segment is being deleted, or it is gone. */
        GONE
    }

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final int chunkBytes;
    private final Composites composites;
    private final SegmentOpener segments;
    private final PartitionSnapshots snapshots;

    /**
     * @param store by its upload memory it is bounded how much of a segment is in memory
     * @param chunkBytes as of {@link SegmentContent}
     */
    public CompositeRewriter(ObjectStore store, ClusterKeys keys, int chunkBytes) {
        this.store = store;
        this.keys = keys;
        this.chunkBytes = chunkBytes;
        this.composites = new Composites(store, keys);
        this.segments = new SegmentOpener(store, keys);
        this.snapshots = new PartitionSnapshots(store, keys);
    }

    /** The composite segments of a partition. */
    public static CompletableFuture<List<SegmentName>> list(
            ObjectStore store, ClusterKeys keys, UUID topicId, int partition) {
        return Listing.of(store, keys.segmentsOf(topicId, partition))
                .thenApply(listed -> listed.stream()
                        .flatMap(object -> keys.compositeOf(object.key()).stream())
                        .toList());
    }

    /**
     * Rewrites one. The future fails with an {@link ObjectFormatException} when what it is made of doesn't verify, or what is
     * in its place isn't the segment, or as {@link ObjectStore#uploadIfAbsent} does.
     */
    public CompletableFuture<Outcome> rewrite(SegmentName name) {
        return promise(name).thenCompose(promise -> switch (promise) {
            case LIVE ->
                copy(name).exceptionallyCompose(failure -> {
                    Throwable cause = Failures.unwrapped(failure);
                    return cause instanceof ObjectNotFoundException
                            ? goneOrFailed(name, cause)
                            : CompletableFuture.failedFuture(cause);
                });
            case DELETING -> CompletableFuture.completedFuture(Outcome.GONE);
            case NONE -> CompletableFuture.completedFuture(Outcome.NOT_PROMISED);
        });
    }

    private enum Promise {
        NONE,
        LIVE,
        DELETING
    }

    private CompletableFuture<Promise> promise(SegmentName name) {
        return snapshots
                .newest(name.topicId(), name.partition())
                .thenApply(snapshot -> snapshot.map(PartitionSnapshot::segments).orElse(List.of()).stream()
                        .filter(segment -> segment.info().name().equals(name))
                        .map(segment -> segment.deleting() ? Promise.DELETING : Promise.LIVE)
                        .findFirst()
                        .orElse(Promise.NONE));
    }

    /** Something wasn't found: the composite segment, which was rewritten by another or deleted, or what it is made of. */
    private CompletableFuture<Outcome> goneOrFailed(SegmentName name, Throwable failure) {
        return store.head(keys.composite(name))
                .thenCompose(exists -> CompletableFuture.<Outcome>failedFuture(failure))
                .exceptionallyCompose(again -> {
                    Throwable cause = Failures.unwrapped(again);
                    return cause != failure && cause instanceof ObjectNotFoundException
                            ? CompletableFuture.completedFuture(Outcome.GONE)
                            : CompletableFuture.failedFuture(cause);
                });
    }

    private CompletableFuture<Outcome> copy(SegmentName name) {
        return composites
                .open(name, Optional.empty())
                .thenCompose(index -> replaced(index).exceptionallyCompose(failure -> {
                    Throwable cause = Failures.unwrapped(failure);
                    return cause instanceof ObjectNotFoundException
                            ? upload(index)
                            : CompletableFuture.failedFuture(cause);
                }));
    }

    /** Deletes a composite segment that has a plain object; fails as not found where there is none. */
    private CompletableFuture<Outcome> replaced(CompositeIndex index) {
        return segments.open(index.info().name(), Optional.empty()).thenCompose(plain -> {
            requireSame(index, plain);
            return delete(index, Outcome.EXISTED);
        });
    }

    private CompletableFuture<Outcome> delete(CompositeIndex index, Outcome outcome) {
        return store.delete(List.of(keys.composite(index.info().name()))).thenApply(deleted -> outcome);
    }

    private CompletableFuture<Outcome> upload(CompositeIndex index) {
        SegmentName name = index.info().name();
        return parts(index)
                .thenCompose(parts -> {
                    parts.put(SegmentPart.DATA, new Data(index.data()));
                    return store.uploadIfAbsent(
                            keys.segment(name), new SegmentContent(index.info(), parts, chunkBytes));
                })
                .thenCompose(result -> result == PutResult.CREATED ? created(index) : replaced(index));
    }

    private CompletableFuture<Map<SegmentPart, ObjectContent>> parts(CompositeIndex index) {
        Map<SegmentPart, ObjectContent> parts = new EnumMap<>(SegmentPart.class);
        List<CompletableFuture<?>> reading = new ArrayList<>();
        String key = keys.composite(index.info().name());
        for (SegmentPart part : SegmentPart.values()) {
            if (part != SegmentPart.DATA && index.parts().has(part)) {
                ByteBuffer bytes =
                        ByteBuffer.allocate(Math.toIntExact(index.parts().length(part)));
                parts.put(part, ObjectContent.of(bytes));
                if (bytes.hasRemaining()) {
                    reading.add(store.get(key, index.parts().offset(part), bytes.duplicate())
                            .thenRun(() -> verify(index, part, bytes, key)));
                }
            }
        }
        return CompletableFuture.allOf(reading.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> parts);
    }

    private void verify(CompositeIndex index, SegmentPart part, ByteBuffer bytes, String key) {
        try {
            index.parts().verify(part, 0, bytes, "'" + key + "' in " + store.name());
        } catch (DamagedObjectException e) {
            throw new CompletionException(e);
        }
    }

    private CompletableFuture<Outcome> created(CompositeIndex index) {
        SegmentName name = index.info().name();
        return promise(name)
                .thenCompose(promise -> promise == Promise.DELETING
                        ? store.delete(List.of(keys.segment(name))).thenApply(deleted -> Outcome.GONE)
                        : delete(index, Outcome.REWRITTEN));
    }

    /** Whoever made the object may have cut other chunks. What they hold was verified then. */
    private void requireSame(CompositeIndex index, SegmentIndex plain) {
        if (plain.length(SegmentPart.DATA) != index.dataLength()
                || !plain.info().equals(index.info())) {
            throw new CompletionException(new ForeignObjectException("'"
                    + keys.segment(index.info().name()) + "' in " + store.name() + " has "
                    + plain.length(SegmentPart.DATA) + " bytes of " + plain.info()
                    + ", and the composite segment of the same name " + index.dataLength() + " of " + index.info()
                    + ". Restore one of the two from a replica, and delete the other"));
        }
    }

    /** The data, from the WAL objects that it lies in, verified as it is read; a read at a time. */
    private final class Data implements ObjectContent {
        private final CompositePieces pieces;

        private Data(CompositePieces pieces) {
            this.pieces = pieces;
        }

        @Override
        public long length() {
            return pieces.length();
        }

        @Override
        public synchronized void read(long position, ByteBuffer target) throws IOException {
            try {
                composites.read(pieces, position, target, Runnable::run).join();
                target.position(target.limit());
            } catch (CompletionException e) {
                Throwable cause = Failures.unwrapped(e);
                throw cause instanceof IOException failure
                        ? failure
                        : new IOException("Reading a composite segment failed: " + cause, cause);
            }
        }
    }
}
