package io.aquifer.format;

import io.aquifer.object.Failures;
import io.aquifer.object.ObjectNotFoundException;
import io.aquifer.object.ObjectStore;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Opens a segment, whether it lies in an object of its own or is a composite. A composite is rewritten as a segment object of
 * the same name, and only then deleted: so one of the two is there at any time, and whichever is opened holds the same.
 *
 * <p>Where the segment was last seen is looked at first. For a segment object that is all that it costs, whatever else there
 * is; a composite that was rewritten costs one request that finds nothing.
 */
public final class SegmentResolver {

    private final ClusterKeys keys;
    private final SegmentOpener segments;
    private final Composites composites;

    public SegmentResolver(ObjectStore store, ClusterKeys keys) {
        this.keys = keys;
        this.segments = new SegmentOpener(store, keys);
        this.composites = new Composites(store, keys);
    }

    /**
     * Opens the segment. The future fails as that of {@link SegmentOpener#open}.
     *
     * @param location where it was when it was last seen, if that is known
     */
    public CompletableFuture<OpenedSegment> open(SegmentName name, Optional<SegmentLocation> location) {
        boolean composite = location.map(SegmentLocation::composite).orElse(false);
        return composite
                ? or(composite(name, location), () -> segment(name, Optional.empty()))
                : or(segment(name, location), () -> composite(name, Optional.empty()));
    }

    /**
     * As {@link #open}, with the end of the object, in which all that tells the state of the log lies for most.
     *
     * @param composite whether the segment was a composite when it was last seen
     */
    public CompletableFuture<SegmentTail> openTail(SegmentName name, boolean composite) {
        return composite
                ? or(composites.openTail(name), () -> segments.openTail(name, SegmentOpener.TAIL_BYTES))
                : or(segments.openTail(name, SegmentOpener.TAIL_BYTES), () -> composites.openTail(name));
    }

    private static <T> CompletableFuture<T> or(CompletableFuture<T> first, Supplier<CompletableFuture<T>> second) {
        return first.exceptionallyCompose(failure -> {
            Throwable cause = Failures.unwrapped(failure);
            return cause instanceof ObjectNotFoundException ? second.get() : CompletableFuture.failedFuture(cause);
        });
    }

    private CompletableFuture<OpenedSegment> segment(SegmentName name, Optional<SegmentLocation> location) {
        return segments.open(name, location).thenApply(index -> OpenedSegment.of(keys.segment(name), index));
    }

    private CompletableFuture<OpenedSegment> composite(SegmentName name, Optional<SegmentLocation> location) {
        return composites.open(name, location).thenApply(index -> OpenedSegment.of(keys.composite(name), index));
    }
}
