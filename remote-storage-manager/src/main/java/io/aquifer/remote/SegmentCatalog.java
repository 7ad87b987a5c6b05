package io.aquifer.remote;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentState;

/**
 * The segments of a partition, by id and by leader epoch. Those whose deletion has ended aren't in it.
 *
 * <p>Not safe for several threads.
 */
final class SegmentCatalog {

    private final Map<Uuid, RemoteLogSegmentMetadata> segments = new HashMap<>();
    private final NavigableMap<Integer, EpochSegments> epochs = new TreeMap<>();
    private final NavigableMap<Integer, Long> highest = new TreeMap<>();

    /** Adds a segment, or puts it in place of the one with the same id. */
    void put(RemoteLogSegmentMetadata segment) {
        segments.put(segment.remoteLogSegmentId().id(), segment);
        for (int epoch : segment.segmentLeaderEpochs().keySet()) {
            EpochSegments ofEpoch = epochs.computeIfAbsent(epoch, EpochSegments::new);
            ofEpoch.put(segment);
            if (segment.state() == RemoteLogSegmentState.COPY_SEGMENT_FINISHED) {
                raise(epoch, ofEpoch.last(segment));
            }
        }
    }

    /** Notes that an offset of an epoch was copied, though its segment may be gone. */
    void raise(int epoch, long offset) {
        highest.merge(epoch, offset, Math::max);
    }

    void remove(Uuid id) {
        RemoteLogSegmentMetadata segment = segments.remove(id);
        if (segment == null) {
            return;
        }
        for (int epoch : segment.segmentLeaderEpochs().keySet()) {
            epochs.computeIfPresent(epoch, (key, ofEpoch) -> {
                ofEpoch.remove(id);
                return ofEpoch.isEmpty() ? null : ofEpoch;
            });
        }
    }

    Optional<RemoteLogSegmentMetadata> get(Uuid id) {
        return Optional.ofNullable(segments.get(id));
    }

    /** In no particular order. */
    Collection<RemoteLogSegmentMetadata> all() {
        return segments.values();
    }

    /** All, in the order of their base offsets. */
    List<RemoteLogSegmentMetadata> list() {
        return EpochSegments.sorted(segments.values());
    }

    /** Those of an epoch, in the order of their base offsets. */
    List<RemoteLogSegmentMetadata> list(int epoch) {
        EpochSegments ofEpoch = epochs.get(epoch);
        return ofEpoch == null ? List.of() : ofEpoch.list();
    }

    Optional<RemoteLogSegmentMetadata> find(int epoch, long offset) {
        return Optional.ofNullable(epochs.get(epoch)).flatMap(ofEpoch -> ofEpoch.find(offset));
    }

    Optional<RemoteLogSegmentMetadata> nextWithAborted(int epoch, long offset) {
        return Optional.ofNullable(epochs.get(epoch)).flatMap(ofEpoch -> ofEpoch.nextWithAborted(offset));
    }

    /** Whether an offset of an epoch was copied, and no segment is known that holds it. */
    boolean lacks(int epoch, long offset) {
        return find(epoch, offset).isEmpty() && (isWithin(epoch, offset) || isBetweenEpochs(epoch, offset));
    }

    private boolean isWithin(int epoch, long offset) {
        EpochSegments ofEpoch = epochs.get(epoch);
        return ofEpoch != null && ofEpoch.isWithin(offset);
    }

    /**
     * There is a segment in front of it, and the same or a later epoch was copied beyond it. That an earlier epoch was says
     * nothing: an unclean election may have given up its end. What another epoch holds isn't missing, but is that epoch's.
     */
    private boolean isBetweenEpochs(int epoch, long offset) {
        return epochs.headMap(epoch, true).values().stream().anyMatch(ofEpoch -> ofEpoch.beginBy(offset))
                && highest.tailMap(epoch, true).values().stream().anyMatch(end -> end >= offset)
                && epochs.values().stream()
                        .noneMatch(ofEpoch -> ofEpoch.find(offset).isPresent());
    }

    /** The highest offset of an epoch that was ever copied. */
    Optional<Long> highest(int epoch) {
        return Optional.ofNullable(highest.get(epoch));
    }

    /** For every epoch that was ever copied, the highest offset. */
    NavigableMap<Integer, Long> highest() {
        return highest;
    }
}
