package io.aquifer.coverage;

import io.aquifer.format.LogIncarnation;
import io.aquifer.format.WalObjectName;
import io.aquifer.format.WalRun;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which WAL objects are needed, and why. This is the one place that decides it.
 *
 * <p>An object goes when, for every log in its index, the records that are left of it are in a plain segment object that is
 * promised, or lie below the log's durable start, or the log or its topic is deleted; when a later object says how the log
 * stands; when nothing is left before it of what it takes back; and when no composite segment names it.
 */
final class WalNeeds {

    private final BucketView view;
    private final Map<WalObjectName, Need> needs = new HashMap<>();
    private final Map<WalObjectName, Map<LogIncarnation, Long>> cuts = new HashMap<>();
    private final Map<PartitionId, Long> starts = new HashMap<>();

    private WalNeeds(BucketView view) {
        this.view = view;
    }

    static WalNeeds of(BucketView view) {
        WalNeeds found = new WalNeeds(view);
        WalHistory.forEachGroup(view, (history, group) -> found.look(history));
        found.needNamed();
        found.needLast();
        found.needCuts();
        return found;
    }

    /** The objects among those that count which can't go, each with a reason. */
    Map<WalObjectName, Need> needs() {
        return needs;
    }

    /** The least durable start of any log of a partition that isn't deleted. */
    Map<PartitionId, Long> starts() {
        return starts;
    }

    private void look(WalHistory history) {
        history.logs().forEach((log, logHistory) -> {
            PlainSegments segments = view.objectsOf(PartitionId.of(log)).promised();
            logHistory.uncovered(segments).forEach(piece -> needs.putIfAbsent(piece.object(), Need.DATA));
            logHistory.stated(segments).forEach(object -> needs.putIfAbsent(object, Need.STATE));
            if (!logHistory.isDeleted()) {
                starts.merge(PartitionId.of(log), logHistory.start(), Math::min);
            }
        });
        history.cuts()
                .forEach((object, logs) ->
                        cuts.computeIfAbsent(object, key -> new HashMap<>()).putAll(logs));
    }

    private void needNamed() {
        view.named().forEach(object -> needs.putIfAbsent(object, Need.COMPOSITE));
        if (!view.knowsComposites()) {
            // any of them may be named by what couldn't be read
            view.counting().forEach(object -> needs.putIfAbsent(object, Need.COMPOSITE));
        }
    }

    private void needLast() {
        for (WalRun run : view.runs()) {
            if (run.seal().isEmpty()) {
                needs.putIfAbsent(run.object(run.end() - 1), Need.LAST);
            }
        }
    }

    /** From the oldest on, so that what goes now no longer keeps what comes behind it. */
    private void needCuts() {
        Map<LogIncarnation, Long> kept = new HashMap<>();
        Set<Integer> unreadable = new HashSet<>();
        for (WalObjectName object : view.counting()) {
            WalSummary summary = view.summary(object);
            if (summary == null || !view.isReadable(object.nodeId())) {
                unreadable.add(object.nodeId());
                needs.put(object, Need.UNREADABLE);
                continue;
            }
            cuts.getOrDefault(object, Map.of()).forEach((log, from) -> {
                if (kept.getOrDefault(log, LogHistory.ALL) > from || unreadable.contains(object.nodeId())) {
                    needs.putIfAbsent(object, Need.CUT);
                }
            });
            if (needs.containsKey(object)) {
                for (int i = 0; i < summary.size(); i++) {
                    kept.merge(summary.log(i), summary.reach(i), Math::max);
                }
            }
        }
    }
}
