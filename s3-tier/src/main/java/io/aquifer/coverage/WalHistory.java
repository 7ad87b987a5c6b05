package io.aquifer.coverage;

import io.aquifer.format.LogIncarnation;
import io.aquifer.format.WalObjectName;
import io.aquifer.format.WalRun;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** All logs as the WAL objects tell them, and which objects took something away from which log. */
final class WalHistory {

    private final Map<LogIncarnation, LogHistory> logs = new LinkedHashMap<>();
    private final Map<WalObjectName, Map<LogIncarnation, Long>> cuts = new HashMap<>();
    private final List<WalObjectName> objects = new ArrayList<>();

    private WalHistory() {}

    /**
     * Applies what all objects say that count, but for those in {@code without}. Logs of condemned topics are left out.
     */
    static WalHistory of(BucketView view, Set<WalObjectName> without) {
        WalHistory history = new WalHistory();
        Set<UUID> condemned = view.record().topics();
        for (WalRun run : view.runs()) {
            for (WalObjectName object : run.objects()) {
                if (!without.contains(object)) {
                    history.apply(object, view.summary(object), condemned);
                }
            }
        }
        return history;
    }

    private void apply(WalObjectName object, @Nullable WalSummary summary, Set<UUID> condemned) {
        objects.add(object);
        if (summary == null) {
            return;
        }
        summary.logs().forEach((log, marks) -> {
            if (condemned.contains(log.topicId())) {
                return;
            }
            LogHistory history = logs.computeIfAbsent(log, key -> new LogHistory());
            for (Mark mark : marks) {
                long cut = history.apply(mark, object);
                if (cut != LogHistory.NO_CUT) {
                    cuts.computeIfAbsent(object, key -> new HashMap<>()).merge(log, cut, Math::min);
                }
            }
        });
    }

    Map<LogIncarnation, LogHistory> logs() {
        return logs;
    }

    /** What is known of a log; it may be nothing. */
    LogHistory log(LogIncarnation log) {
        LogHistory found = logs.get(log);
        return found == null ? new LogHistory() : found;
    }

    /** Logs from which an object takes something back, from which offset on. */
    Map<LogIncarnation, Long> cutBy(WalObjectName object) {
        return cuts.getOrDefault(object, Map.of());
    }

    /** The objects that count, node by node in the order of the WAL. */
    List<WalObjectName> objects() {
        return objects;
    }
}
