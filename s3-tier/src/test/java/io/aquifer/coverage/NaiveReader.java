package io.aquifer.coverage;

import io.aquifer.format.BatchHeader;
import io.aquifer.format.ClusterKeys;
import io.aquifer.format.LogIncarnation;
import io.aquifer.format.WalChain;
import io.aquifer.format.WalEntry;
import io.aquifer.format.WalObjectIndex;
import io.aquifer.format.WalObjectName;
import io.aquifer.format.WalObjects;
import io.aquifer.format.WalRun;
import io.aquifer.object.SimulatedObjectStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Reads logs from WAL objects, offset by offset, as plainly as can be: what the collector is held to. */
final class NaiveReader {

    /** A log as it is read. */
    static final class Log {
        /** The leader epoch of the record at each offset. */
        final NavigableMap<Long, Integer> records = new TreeMap<>();

        long start = -1;
        long end = -1;
        boolean deleted;
    }

    private final SimulatedObjectStore store;
    private final ClusterKeys keys;
    private final WalObjects objects;
    private final Map<WalObjectName, WalObjectIndex> opened = new HashMap<>();

    NaiveReader(SimulatedObjectStore store, ClusterKeys keys) {
        this.store = store;
        this.keys = keys;
        this.objects = new WalObjects(store, keys);
    }

    /** The objects that count, of all nodes up to {@code nodes}, which must all be there. */
    List<WalObjectName> counting(int nodes) {
        List<WalObjectName> all = new ArrayList<>();
        for (int node = 0; node < nodes; node++) {
            for (WalRun run : new WalChain(store, keys).runs(node).join()) {
                all.addAll(run.objects());
            }
        }
        return all;
    }

    WalObjectIndex index(WalObjectName name) {
        if (!store.bucket().keys().contains(keys.walObject(name))) {
            throw new AssertionError(name + " counts and isn't there");
        }
        return opened.computeIfAbsent(name, key -> objects.open(key).join());
    }

    Map<LogIncarnation, Log> read(List<WalObjectName> names) {
        Map<LogIncarnation, Log> logs = new HashMap<>();
        for (WalObjectName name : names) {
            index(name).logs().forEach((log, entries) -> {
                Log state = logs.computeIfAbsent(log, key -> new Log());
                entries.forEach(entry -> apply(entry, state));
            });
        }
        return logs;
    }

    private static void apply(WalEntry entry, Log log) {
        switch (entry.kind()) {
            case DATA -> {
                log.records.tailMap(entry.baseOffset(), true).clear();
                for (BatchHeader batch : entry.batches()) {
                    for (long offset = batch.baseOffset(); offset <= batch.lastOffset(); offset++) {
                        log.records.put(offset, batch.leaderEpoch());
                    }
                }
                log.end = entry.lastOffset() + 1;
            }
            case TRUNCATE -> {
                log.records.tailMap(entry.baseOffset(), true).clear();
                log.end = entry.baseOffset();
            }
            case RESTART -> {
                log.records.clear();
                log.start = entry.baseOffset();
                log.end = entry.baseOffset();
            }
            case LOG_START -> log.start = entry.baseOffset();
            case CHECKPOINT -> {
                log.start = entry.baseOffset();
                log.end = Math.max(log.end, entry.lastOffset() + 1);
            }
            case DELETE -> {
                log.records.clear();
                log.deleted = true;
            }
        }
    }
}
