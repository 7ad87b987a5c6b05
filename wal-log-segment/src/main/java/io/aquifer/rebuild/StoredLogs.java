package io.aquifer.rebuild;

import io.aquifer.format.LogIncarnation;
import io.aquifer.format.WalEntry;
import io.aquifer.format.WalObjectIndex;
import io.aquifer.format.WalObjectName;
import io.aquifer.format.WalObjects;
import io.aquifer.format.WalRun;
import io.aquifer.object.StoreWait;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** What the WAL objects of a broker hold of logs that it has lost, read in one go from their indexes. */
final class StoredLogs {

    /** Indexes that are read at once. They are applied in order, so that no more of them are in memory. */
    private static final int READ_AHEAD = 32;

    private final Map<LogIncarnation, StoredLog> logs = new HashMap<>();
    private long end;

    private StoredLogs() {}

    /**
     * Reads the indexes of all WAL objects of the broker that count.
     *
     * @param runs of the broker's WAL objects
     * @param walId of the broker's WAL: what another wrote isn't looked at
     * @param wanted says of which logs more than the end is to be known
     * @throws IOException if the bucket can't be read, or an object doesn't verify
     */
    static StoredLogs read(List<WalRun> runs, WalObjects objects, UUID walId, Predicate<LogIncarnation> wanted)
            throws IOException {
        List<WalObjectName> names =
                runs.stream().flatMap(run -> run.objects().stream()).toList();
        StoredLogs stored = new StoredLogs();
        Deque<CompletableFuture<WalObjectIndex>> reading = new ArrayDeque<>();
        for (WalObjectName name : names) {
            reading.add(objects.open(name));
            if (reading.size() == READ_AHEAD) {
                stored.apply(StoreWait.untilDone(reading.remove()), walId, wanted);
            }
        }
        while (!reading.isEmpty()) {
            stored.apply(StoreWait.untilDone(reading.remove()), walId, wanted);
        }
        return stored;
    }

    private void apply(WalObjectIndex index, UUID walId, Predicate<LogIncarnation> wanted) {
        if (!index.info().walId().equals(walId)) {
            return;
        }
        end = Math.max(end, index.info().endPosition());
        index.logs().forEach((log, entries) -> {
            if (wanted.test(log)) {
                StoredLog stored = logs.computeIfAbsent(log, any -> new StoredLog());
                for (WalEntry entry : entries) {
                    stored.apply(index.info().name(), entry);
                }
            }
        });
    }

    /** What there is of a log, perhaps nothing. */
    StoredLog log(LogIncarnation log) {
        return logs.getOrDefault(log, new StoredLog());
    }

    /** All that were wanted and have an entry. */
    Map<LogIncarnation, StoredLog> logs() {
        return Collections.unmodifiableMap(logs);
    }

    /** The position in the WAL behind the last block that is in an object. */
    long end() {
        return end;
    }
}
