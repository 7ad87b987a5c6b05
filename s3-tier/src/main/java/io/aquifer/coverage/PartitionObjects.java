package io.aquifer.coverage;

import io.aquifer.format.LongRanges;
import io.aquifer.format.PartitionSnapshot;
import io.aquifer.format.SegmentInfo;
import io.aquifer.format.SegmentName;
import io.aquifer.format.SnapshotSegment;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** The objects of a partition, and what its newest snapshot says of them. */
final class PartitionObjects {

    private final Map<UUID, SegmentName> plain = new TreeMap<>();
    private final Map<UUID, CompositeSegment> composites = new TreeMap<>();
    private final NavigableMap<String, Long> keys = new TreeMap<>();
    private Optional<PartitionSnapshot> snapshot = Optional.empty();
    private boolean understood = true;
    private PlainSegments promised = PlainSegments.NONE;

    void addPlain(SegmentName name) {
        plain.put(name.segmentId(), name);
    }

    void addComposite(CompositeSegment composite) {
        composites.put(composite.name().segmentId(), composite);
    }

    /** Notes an object, be it a snapshot, a segment object or a composite segment. */
    void addKey(String key, long length) {
        keys.put(key, length);
    }

    /** Keys of all objects of the partition, and how long these are. */
    NavigableMap<String, Long> keys() {
        return keys;
    }

    void notUnderstood() {
        understood = false;
    }

    /** Whether all that decides what is needed could be read. */
    boolean isUnderstood() {
        return understood;
    }

    /** Sets the newest snapshot, once all objects were added. */
    void promise(PartitionSnapshot newest) {
        snapshot = Optional.of(newest);
        promised = new PlainSegments(live().stream()
                .filter(segment ->
                        segment.name().equals(plain.get(segment.name().segmentId())))
                .toList());
    }

    boolean hasSnapshot() {
        return snapshot.isPresent();
    }

    /** Segments that the snapshot promises. */
    List<SegmentInfo> live() {
        return snapshot.map(PartitionSnapshot::segments).orElse(List.of()).stream()
                .filter(segment -> !segment.deleting())
                .map(SnapshotSegment::info)
                .toList();
    }

    /** Ids of segments whose deletion the snapshot says has begun. */
    Set<UUID> deleting() {
        Set<UUID> deleting = new HashSet<>();
        for (SnapshotSegment segment : snapshot.map(PartitionSnapshot::segments).orElse(List.of())) {
            if (segment.deleting()) {
                deleting.add(segment.info().name().segmentId());
            }
        }
        return deleting;
    }

    /** The plain segments among the promised ones. */
    PlainSegments promised() {
        return promised;
    }

    Map<UUID, SegmentName> plain() {
        return plain;
    }

    Map<UUID, CompositeSegment> composites() {
        return composites;
    }

    /** Offsets of promised segments that can be read, from objects of either kind. */
    LongRanges readable() {
        LongRanges readable = new LongRanges();
        for (SegmentInfo segment : live()) {
            UUID id = segment.name().segmentId();
            if (plain.containsKey(id) || composites.containsKey(id)) {
                readable.add(segment.name().baseOffset(), segment.name().endOffset() + 1);
            }
        }
        return readable;
    }
}
