package io.aquifer.format;

import java.util.Optional;

/**
 * A segment of which all is known but its data: one that lies in an object of its own, or a composite.
 *
 * @param key of the object that was opened
 * @param parts where its parts lie in that object, and by what they are verified; of a composite there is no data
 * @param pieces where the data of a composite lies
 * @param location by which it is opened fastest
 * @param weight about how much memory this takes, in bytes
 */
public record OpenedSegment(
        String key, SegmentIndex parts, Optional<CompositePieces> pieces, SegmentLocation location, int weight) {

    static OpenedSegment of(String key, SegmentIndex index) {
        return new OpenedSegment(key, index, Optional.empty(), index.location(), index.weight());
    }

    static OpenedSegment of(String key, CompositeIndex index) {
        return new OpenedSegment(key, index.parts(), Optional.of(index.data()), index.location(), index.weight());
    }

    /** Length of the record batches in bytes. */
    public long dataLength() {
        return pieces.map(CompositePieces::length).orElseGet(() -> parts.length(SegmentPart.DATA));
    }
}
