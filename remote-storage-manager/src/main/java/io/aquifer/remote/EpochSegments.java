package io.aquifer.remote;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentState;

/**
 * The segments that hold records of one leader epoch.
 *
 * <p>An epoch has one leader, so two segments that hold the same offset of it hold the same record: after a change of leaders
 * several segments may overlap. What one covers that another covers too, with more before or behind it, is never read. So of
 * those that are read, both starts and ends ascend, whatever the order in which they became known.
 */
final class EpochSegments {

    private final int epoch;
    private final Map<Uuid, RemoteLogSegmentMetadata> all = new HashMap<>();
    /** Finished segments, none within another, by the first offset of this epoch in them. */
    private final NavigableMap<Long, RemoteLogSegmentMetadata> read = new TreeMap<>();
    /** Finished segments that lie within another. */
    private final Map<Uuid, RemoteLogSegmentMetadata> covered = new HashMap<>();

    EpochSegments(int epoch) {
        this.epoch = epoch;
    }

    /** Adds a segment, or puts it in place of the one with the same id. */
    void put(RemoteLogSegmentMetadata segment) {
        remove(segment.remoteLogSegmentId().id());
        all.put(segment.remoteLogSegmentId().id(), segment);
        if (segment.state() == RemoteLogSegmentState.COPY_SEGMENT_FINISHED) {
            cover(segment);
        }
    }

    private void cover(RemoteLogSegmentMetadata segment) {
        long start = first(segment);
        long end = last(segment);
        Map.Entry<Long, RemoteLogSegmentMetadata> before = read.floorEntry(start);
        if (before != null && last(before.getValue()) >= end) {
            covered.put(segment.remoteLogSegmentId().id(), segment);
            return;
        }
        Iterator<RemoteLogSegmentMetadata> behind =
                read.tailMap(start, true).values().iterator();
        while (behind.hasNext()) {
            RemoteLogSegmentMetadata other = behind.next();
            if (last(other) > end) {
                break;
            }
            covered.put(other.remoteLogSegmentId().id(), other);
            behind.remove();
        }
        read.put(start, segment);
    }

    void remove(Uuid id) {
        RemoteLogSegmentMetadata segment = all.remove(id);
        if (segment == null || covered.remove(id) != null || !read.remove(first(segment), segment)) {
            return;
        }
        if (!covered.isEmpty()) {
            List<RemoteLogSegmentMetadata> hidden = List.copyOf(covered.values());
            covered.clear();
            hidden.forEach(this::cover);
        }
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** The finished segment that holds an offset of this epoch. */
    Optional<RemoteLogSegmentMetadata> find(long offset) {
        return Optional.ofNullable(read.floorEntry(offset))
                .map(Map.Entry::getValue)
                .filter(segment -> last(segment) >= offset);
    }

    /** Whether finished segments hold offsets of this epoch both before and behind this one. */
    boolean isWithin(long offset) {
        return beginBy(offset) && last(read.lastEntry().getValue()) >= offset;
    }

    /** Whether a finished segment holds this offset of this epoch, or one before it. */
    boolean beginBy(long offset) {
        return !read.isEmpty() && read.firstKey() <= offset;
    }

    /** The first finished segment, from the one that holds {@code offset} on without a gap, in which transactions aborted. */
    Optional<RemoteLogSegmentMetadata> nextWithAborted(long offset) {
        Optional<RemoteLogSegmentMetadata> next = find(offset);
        while (next.isPresent() && next.get().isTxnIdxEmpty()) {
            next = find(next.get().endOffset() + 1);
        }
        return next;
    }

    /** Segments in any state, in the order of their base offsets. */
    List<RemoteLogSegmentMetadata> list() {
        return sorted(all.values());
    }

    static List<RemoteLogSegmentMetadata> sorted(Collection<RemoteLogSegmentMetadata> segments) {
        return segments.stream()
                .sorted(Comparator.comparingLong(RemoteLogSegmentMetadata::startOffset)
                        .thenComparingLong(RemoteLogSegmentMetadata::endOffset))
                .toList();
    }

    private long first(RemoteLogSegmentMetadata segment) {
        return Math.max(
                segment.startOffset(), segment.segmentLeaderEpochs().getOrDefault(epoch, segment.startOffset()));
    }

    /** The last offset of this epoch in the segment. */
    long last(RemoteLogSegmentMetadata segment) {
        Map.Entry<Integer, Long> next = segment.segmentLeaderEpochs().higherEntry(epoch);
        return next == null ? segment.endOffset() : next.getValue() - 1;
    }
}
