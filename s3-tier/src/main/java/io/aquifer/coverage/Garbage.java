package io.aquifer.coverage;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.SegmentInfo;
import io.aquifer.format.SegmentName;
import io.aquifer.format.WalObjectName;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * What nobody needs of what a look at the bucket found, and once it is so, for ever.
 *
 * @param walObjects those among the counting ones that nobody needs, and what lies behind seals
 * @param keys of segment objects and composite segments of topics that aren't condemned
 */
record Garbage(Set<WalObjectName> walObjects, Set<String> keys) {

    static Garbage in(BucketView view, ClusterKeys keys) {
        WalNeeds needed = WalNeeds.of(view);
        Set<WalObjectName> walObjects = new TreeSet<>(WalOrder.BY_NUMBER);
        view.counting().stream()
                .filter(object -> !needed.needs().containsKey(object))
                .forEach(walObjects::add);
        walObjects.addAll(behindSeals(view));
        return new Garbage(walObjects, segments(view, needed.starts(), keys));
    }

    /** Objects of owners that hadn't noticed yet that their sequence was sealed. */
    private static Set<WalObjectName> behindSeals(BucketView view) {
        Set<WalObjectName> behind = new HashSet<>();
        for (WalObjectName object : view.listed()) {
            if (view.isBehindSeal(object) && !view.record().condemns(object)) {
                behind.add(object);
            }
        }
        return behind;
    }

    private static Set<String> segments(BucketView view, Map<PartitionId, Long> starts, ClusterKeys keys) {
        Set<String> garbage = new TreeSet<>();
        view.partitions().forEach((partition, objects) -> {
            if (objects.hasSnapshot() && !view.record().topics().contains(partition.topicId())) {
                long start = starts.getOrDefault(partition, -1L);
                addSegments(objects, start, keys, garbage);
            }
        });
        return garbage;
    }

    private static void addSegments(PartitionObjects objects, long start, ClusterKeys keys, Set<String> garbage) {
        Set<UUID> deleting = objects.deleting();
        Set<UUID> live = new HashSet<>();
        for (SegmentInfo segment : objects.live()) {
            live.add(segment.name().segmentId());
        }
        for (SegmentName name : objects.plain().values()) {
            if (isGone(name, start, deleting, live)) {
                garbage.add(keys.segment(name));
            }
        }
        for (CompositeSegment composite : objects.composites().values()) {
            SegmentName name = composite.name();
            boolean rewritten = live.contains(name.segmentId())
                    && name.equals(objects.plain().get(name.segmentId()));
            if (rewritten || isGone(name, start, deleting, live)) {
                garbage.add(keys.composite(name));
            }
        }
    }

    private static boolean isGone(SegmentName name, long start, Set<UUID> deleting, Set<UUID> live) {
        return deleting.contains(name.segmentId()) || (!live.contains(name.segmentId()) && name.endOffset() < start);
    }
}
