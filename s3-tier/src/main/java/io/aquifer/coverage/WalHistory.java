package io.aquifer.coverage;

import io.aquifer.format.LogIncarnation;
import io.aquifer.format.WalObjectName;
import io.aquifer.format.WalRun;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Logs as the WAL objects tell them, and which objects took something away from which log.
 *
 * <p>What is made of an object's few bytes for a log takes many more. So logs are looked at group by group, of as many as fit.
 */
final class WalHistory {

    private final Map<LogIncarnation, LogHistory> logs = new LinkedHashMap<>();
    private final Map<WalObjectName, Map<LogIncarnation, Long>> cuts = new HashMap<>();

    private WalHistory() {}

    /** What is done with the logs of a group. */
    interface Visitor<E extends Exception> {
        void group(WalHistory history, Predicate<LogIncarnation> group) throws E;
    }

    /** Tells all logs, group by group. */
    static <E extends Exception> void forEachGroup(BucketView view, Visitor<E> visitor) throws E {
        int groups = view.groups();
        for (int i = 0; i < groups; i++) {
            int number = i;
            Predicate<LogIncarnation> group = log -> Math.floorMod(log.hashCode(), groups) == number;
            visitor.group(of(view, Set.of(), group), group);
        }
    }

    /**
     * Applies what all objects say that count, but for those in {@code without}. Logs of condemned topics are left out.
     */
    static WalHistory of(BucketView view, Set<WalObjectName> without, Predicate<LogIncarnation> group) {
        WalHistory history = new WalHistory();
        Set<UUID> condemned = view.record().topics();
        for (WalRun run : view.runs()) {
            for (WalObjectName object : run.objects()) {
                WalSummary summary = view.summary(object);
                if (summary != null && !without.contains(object)) {
                    history.apply(summary, log -> group.test(log) && !condemned.contains(log.topicId()));
                }
            }
        }
        return history;
    }

    private void apply(WalSummary summary, Predicate<LogIncarnation> wanted) {
        for (int i = 0; i < summary.size(); i++) {
            LogIncarnation log = summary.log(i);
            if (wanted.test(log)) {
                LogHistory history = logs.computeIfAbsent(log, key -> new LogHistory());
                for (Mark mark : summary.marks(i)) {
                    long cut = history.apply(mark, summary.name());
                    if (cut != LogHistory.NO_CUT) {
                        cuts.computeIfAbsent(summary.name(), key -> new HashMap<>())
                                .merge(log, cut, Math::min);
                    }
                }
            }
        }
    }

    Map<LogIncarnation, LogHistory> logs() {
        return logs;
    }

    /** What is known of a log; it may be nothing. */
    LogHistory log(LogIncarnation log) {
        LogHistory found = logs.get(log);
        return found == null ? new LogHistory() : found;
    }

    /** Objects that take something back from logs, and from which offset on. */
    Map<WalObjectName, Map<LogIncarnation, Long>> cuts() {
        return cuts;
    }
}
