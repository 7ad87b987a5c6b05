package io.aquifer.coverage;

import io.aquifer.format.LogIncarnation;
import io.aquifer.format.WalEntryKind;
import io.aquifer.format.WalObjectIndex;
import io.aquifer.format.WalObjectName;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is to be remembered of a WAL object to know who needs it: some bytes for each of its logs, where the index has some for
 * each of their batches.
 *
 * @param logs what it says of each log, in the order of the WAL
 */
record WalSummary(WalObjectName name, Map<LogIncarnation, List<Mark>> logs) {

    WalSummary {
        logs = Collections.unmodifiableMap(new LinkedHashMap<>(logs));
    }

    /** How many marks there are of all logs. */
    int marks() {
        return logs.values().stream().mapToInt(List::size).sum();
    }

    /** How far this has a log reach by its data and its checkpoints, as if nothing were ever taken back. */
    long reach(LogIncarnation log) {
        long end = 0;
        for (Mark mark : logs.getOrDefault(log, List.of())) {
            boolean reaches = mark.kind() == WalEntryKind.DATA || mark.kind() == WalEntryKind.CHECKPOINT;
            end = reaches ? Math.max(end, mark.end()) : end;
        }
        return end;
    }

    static WalSummary of(WalObjectIndex index) {
        Map<LogIncarnation, List<Mark>> logs = new LinkedHashMap<>();
        index.logs().forEach((log, entries) -> logs.put(log, Mark.of(entries)));
        return new WalSummary(index.info().name(), logs);
    }
}
