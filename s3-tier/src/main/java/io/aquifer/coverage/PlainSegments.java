package io.aquifer.coverage;

import io.aquifer.format.LongRanges;
import io.aquifer.format.SegmentInfo;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Which offsets of a partition are in plain segment objects that the partition's newest snapshot promises. A copy that isn't
 * promised may be one that failed, which its leader deletes again.
 *
 * <p>An offset may have been written under several leader epochs, where all but the last were given up. A segment stands for
 * the records of its own epoch at an offset and for those of lower ones, which it replaced, and not for those of higher ones.
 */
final class PlainSegments {

    static final PlainSegments NONE = new PlainSegments(List.of());

    private final NavigableMap<Integer, LongRanges> byEpoch = new TreeMap<>();
    private final Map<Integer, LongRanges> covered = new HashMap<>();

    PlainSegments(Collection<SegmentInfo> segments) {
        for (SegmentInfo segment : segments) {
            long end = segment.name().endOffset() + 1;
            for (Map.Entry<Integer, Long> epoch : segment.leaderEpochs().entrySet()) {
                Map.Entry<Integer, Long> next = segment.leaderEpochs().higherEntry(epoch.getKey());
                long from = Math.max(epoch.getValue(), segment.name().baseOffset());
                long to = next == null ? end : Math.min(end, next.getValue());
                byEpoch.computeIfAbsent(epoch.getKey(), key -> new LongRanges()).add(from, to);
            }
        }
    }

    /** The offsets whose records of a leader epoch, or what replaced them, are there. To be left unchanged. */
    LongRanges covered(int leaderEpoch) {
        Integer least = byEpoch.ceilingKey(leaderEpoch);
        if (least == null) {
            return new LongRanges();
        }
        return covered.computeIfAbsent(least, key -> {
            LongRanges all = new LongRanges();
            byEpoch.tailMap(key, true).values().forEach(all::addAll);
            return all;
        });
    }
}
