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
    private final WalHistory history;
    private final Map<WalObjectName, Need> needs = new HashMap<>();

    private WalNeeds(BucketView view, WalHistory history) {
        this.view = view;
        this.history = history;
    }

    /** The objects among those that count which can't go, each with a reason. */
    static Map<WalObjectName, Need> of(BucketView view, WalHistory history) {
        WalNeeds found = new WalNeeds(view, history);
        found.needData();
        found.needNamed();
        found.needLast();
        found.needCuts();
        return found.needs;
    }

    private void needData() {
        history.logs().forEach((log, logHistory) -> {
            PlainSegments segments = view.objectsOf(PartitionId.of(log)).promised();
            logHistory.uncovered(segments).forEach(piece -> needs.putIfAbsent(piece.object(), Need.DATA));
            logHistory.stated(segments).forEach(object -> needs.putIfAbsent(object, Need.STATE));
        });
    }

    private void needNamed() {
        view.named().forEach(object -> needs.putIfAbsent(object, Need.COMPOSITE));
        if (!view.knowsComposites()) {
            // any of them may be named by what couldn't be read
            history.objects().forEach(object -> needs.putIfAbsent(object, Need.COMPOSITE));
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
        for (WalObjectName object : history.objects()) {
            WalSummary summary = view.summary(object);
            if (summary == null || !view.isReadable(object.nodeId())) {
                unreadable.add(object.nodeId());
                needs.put(object, Need.UNREADABLE);
                continue;
            }
            history.cutBy(object).forEach((log, from) -> {
                if (kept.getOrDefault(log, LogHistory.ALL) > from || unreadable.contains(object.nodeId())) {
                    needs.putIfAbsent(object, Need.CUT);
                }
            });
            if (needs.containsKey(object)) {
                summary.logs().keySet().forEach(log -> kept.merge(log, summary.reach(log), Math::max));
            }
        }
    }
}
