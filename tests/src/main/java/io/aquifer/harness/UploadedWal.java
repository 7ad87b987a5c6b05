package io.aquifer.harness;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.LogIncarnation;
import io.aquifer.format.WalChain;
import io.aquifer.format.WalEntry;
import io.aquifer.format.WalEntryKind;
import io.aquifer.format.WalObjectIndex;
import io.aquifer.format.WalObjectName;
import io.aquifer.format.WalObjects;
import io.aquifer.format.WalRun;
import io.aquifer.object.ObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a reader finds who follows the chain of a broker's WAL objects from its beginning. */
public final class UploadedWal {

    private final List<WalRun> runs;
    private final Map<Integer, Long> ends = new TreeMap<>();
    private int objects;
    private long end;

    /**
     * Reads the chain, of which nothing was collected, of a broker that has one shared topic.
     *
     * @throws IllegalStateException if it has a gap
     */
    public UploadedWal(ObjectStore store, String clusterId, int nodeId) {
        ClusterKeys keys = ClusterKeys.of("", clusterId);
        this.runs = new WalChain(store, keys).runs(nodeId).join();
        WalObjects opener = new WalObjects(store, keys);
        for (WalRun run : runs) {
            for (WalObjectName name : run.objects()) {
                add(opener.open(name).join());
            }
        }
        for (int i = 1; i < runs.size(); i++) {
            long next = runs.get(i - 1)
                    .seal()
                    .orElseThrow(() -> new IllegalStateException("an epoch that isn't sealed before another: " + runs))
                    .continuedIn()
                    .orElseThrow();
            require(next == runs.get(i).epoch(), "a seal leads to epoch " + next + ": " + runs);
        }
    }

    private void add(WalObjectIndex index) {
        require(
                objects == 0 || index.info().firstPosition() == end,
                index.info() + " doesn't go on at position " + end);
        end = index.info().endPosition();
        objects++;
        index.logs().forEach(this::add);
    }

    private void add(LogIncarnation log, List<WalEntry> entries) {
        for (WalEntry entry : entries) {
            if (entry.kind() == WalEntryKind.DATA) {
                long next = ends.getOrDefault(log.partition(), 0L);
                require(entry.baseOffset() <= next, entry + " of " + log + " doesn't go on at " + next);
                ends.put(log.partition(), Math.max(next, entry.lastOffset() + 1));
            }
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }

    /** Epochs that the chain goes through. */
    public List<Long> epochs() {
        List<Long> epochs = new ArrayList<>();
        runs.forEach(run -> epochs.add(run.epoch()));
        return epochs;
    }

    public int objects() {
        return objects;
    }

    /** The offset of a partition below which every record is in the chain. */
    public long end(int partition) {
        return ends.getOrDefault(partition, 0L);
    }
}
