package io.aquifer.coverage;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.LogIncarnation;
import io.aquifer.format.LongRanges;
import io.aquifer.format.SegmentInfo;
import io.aquifer.format.SegmentName;
import io.aquifer.format.SegmentOpener;
import io.aquifer.format.WalObjectName;
import io.aquifer.format.WalRun;
import io.aquifer.object.ObjectStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a look at the bucket says of every partition, with segment objects opened as well. */
final class CheckedView {

    private final ClusterKeys keys;
    private final BucketView view;
    private final SegmentOpener segments;
    private final List<Problem> problems;
    private final Set<SegmentName> unreadable = new HashSet<>();

    CheckedView(ObjectStore store, ClusterKeys keys, BucketView view) {
        this.keys = keys;
        this.view = view;
        this.segments = new SegmentOpener(store, keys);
        this.problems = new ArrayList<>(view.problems());
    }

    BucketReport report() throws IOException {
        openPlainSegments();
        findBehindGaps();
        NavigableMap<PartitionId, List<LogHistory>> logs = new TreeMap<>();
        for (Map.Entry<LogIncarnation, LogHistory> log :
                WalHistory.of(view, Set.of(), log -> true).logs().entrySet()) {
            if (!log.getValue().isDeleted()) {
                logs.computeIfAbsent(PartitionId.of(log.getKey()), key -> new ArrayList<>())
                        .add(log.getValue());
            }
        }
        Set<PartitionId> all = new TreeSet<>(view.partitions().keySet());
        all.addAll(logs.keySet());
        List<PartitionCoverage> partitions = new ArrayList<>();
        for (PartitionId partition : all) {
            if (!view.record().topics().contains(partition.topicId())) {
                partitions.add(coverage(partition, logs.getOrDefault(partition, List.of())));
            }
        }
        int condemned = (int) view.listed().stream()
                .filter(object -> view.record().condemns(object))
                .count();
        return new BucketReport(view.listed().size(), condemned, partitions, problems, List.copyOf(view.foreign()));
    }

    private void openPlainSegments() throws IOException {
        List<SegmentName> promised = new ArrayList<>();
        view.partitions()
                .values()
                .forEach(objects -> objects.live().stream()
                        .map(SegmentInfo::name)
                        .filter(name -> name.equals(objects.plain().get(name.segmentId())))
                        .forEach(promised::add));
        Openings.open(
                promised,
                name -> 1 << 20,
                name -> segments.open(name, Optional.empty()),
                (name, index) -> {},
                (name, failure) -> {
                    unreadable.add(name);
                    problems.add(new Problem(keys.segment(name), String.valueOf(failure.getMessage())));
                });
    }

    /** What lies behind a gap in its sequence counts for nobody, so what is missing there is lost. */
    private void findBehindGaps() {
        Set<WalObjectName> known = new HashSet<>();
        for (WalRun run : view.runs()) {
            known.addAll(run.objects());
            known.add(run.next());
        }
        for (WalObjectName object : view.listed()) {
            if (!known.contains(object)
                    && !view.record().condemns(object)
                    && !view.isBehindSeal(object)
                    && view.isReadable(object.nodeId())) {
                problems.add(new Problem(
                        keys.walObject(object),
                        "lies behind a gap in its sequence: an object before it is missing, and it counts for nobody"));
            }
        }
    }

    private PartitionCoverage coverage(PartitionId partition, List<LogHistory> logs) {
        PartitionObjects objects = view.objectsOf(partition);
        LongRanges plain = new LongRanges();
        LongRanges composite = new LongRanges();
        LongRanges lost = new LongRanges();
        long start = Long.MAX_VALUE;
        long end = -1;
        for (SegmentInfo segment : objects.live()) {
            SegmentName name = segment.name();
            if (name.equals(objects.plain().get(name.segmentId())) && !unreadable.contains(name)) {
                plain.add(name.baseOffset(), name.endOffset() + 1);
            } else if (isReadable(objects.composites().get(name.segmentId()))) {
                composite.add(name.baseOffset(), name.endOffset() + 1);
            } else if (isPromised(name, logs)) {
                lost.add(name.baseOffset(), name.endOffset() + 1);
                if (!objects.plain().containsKey(name.segmentId())
                        && !objects.composites().containsKey(name.segmentId())) {
                    problems.add(new Problem(keys.segment(name), "is promised by the newest snapshot and isn't there"));
                }
            }
            start = Math.min(start, name.baseOffset());
            end = Math.max(end, name.endOffset() + 1);
        }
        LongRanges wal = new LongRanges();
        LongRanges local = new LongRanges();
        lost.removeAll(plain);
        lost.removeAll(composite);
        LongRanges gaps = logs.isEmpty() ? lost : new LongRanges();
        if (!logs.isEmpty()) {
            start = Long.MAX_VALUE;
            end = -1;
        }
        for (LogHistory log : logs) {
            LongRanges missing = LongRanges.of(Math.max(0, log.start()), log.end());
            missing.removeAll(plain);
            missing.removeAll(composite);
            missing.removeAll(log.offsets());
            LongRanges before = LongRanges.copyOf(missing);
            before.remove(Math.max(0, log.originEnd()), Long.MAX_VALUE);
            before.removeAll(lost);
            missing.removeAll(before);
            wal.addAll(log.offsets());
            local.addAll(before);
            gaps.addAll(missing);
            start = Math.min(start, log.start() < 0 ? Long.MAX_VALUE : log.start());
            end = Math.max(end, log.end());
        }
        return new PartitionCoverage(
                partition,
                !logs.isEmpty(),
                start == Long.MAX_VALUE ? -1 : start,
                end,
                plain,
                composite,
                wal,
                local,
                gaps);
    }

    /** Whether any log still has offsets of a segment; without logs nobody says where the partition starts. */
    private static boolean isPromised(SegmentName name, List<LogHistory> logs) {
        return logs.isEmpty() || logs.stream().anyMatch(log -> name.endOffset() >= log.start());
    }

    private boolean isReadable(@Nullable CompositeSegment composite) {
        if (composite == null) {
            return false;
        }
        boolean whole = true;
        for (WalObjectName object : composite.objects()) {
            if (!view.listed().contains(object)) {
                whole = false;
                problems.add(new Problem(
                        keys.walObject(object),
                        "is missing, and '" + keys.composite(composite.name()) + "' has data in it"));
            }
        }
        return whole;
    }
}
