package io.aquifer.rebuild;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.LogIncarnation;
import io.aquifer.format.WalChain;
import io.aquifer.format.WalObjects;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.StoreWait;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Which logs a WAL has, as the bucket knows it. */
public final class StoredWal {

    private StoredWal() {}

    /**
     * The logs that the WAL describes and that it doesn't say are gone.
     *
     * @param nodeId of the WAL's owner
     * @throws IOException if the bucket can't be read, or an object doesn't verify
     */
    public static List<LogIncarnation> logs(ObjectStore store, ClusterKeys keys, int nodeId, UUID walId)
            throws IOException {
        StoredLogs stored = StoredLogs.read(
                StoreWait.untilDone(new WalChain(store, keys).runs(nodeId)),
                new WalObjects(store, keys),
                walId,
                log -> true);
        List<LogIncarnation> logs = new ArrayList<>();
        stored.logs().forEach((log, found) -> {
            if (found.known(log) != null) {
                logs.add(log);
            }
        });
        return logs;
    }
}
