package io.aquifer.rebuild;

import io.aquifer.format.ClusterKeys;
import io.aquifer.object.ObjectStore;
import io.aquifer.wal.recovery.RecoveredLog;
import java.io.File;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the directories of shared logs anew that the WAL knows and no log directory has: the local disk was lost, or replaced.
 *
 * <p>It happens before Kafka looks at its log directories, which finds nothing to wonder at. What the WAL holds beyond what the
 * objects do is appended when the log opens, as at any start. How long it takes depends on the number of partitions, not on how
 * much they hold.
 */
public final class Rebuilding {

    private static final Logger LOG = LoggerFactory.getLogger(Rebuilding.class);

    /** Garbage collection condemns something a few times an hour at most, and each try reads what is left. */
    private static final int MAX_TRIES = 3;

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final int brokerId;
    private final UUID walId;
    private final LogRebuild rebuild;

    /**
     * @param walId of the WAL whose objects are read
     * @param segmentBytes how long a segment gets, in bytes
     */
    public Rebuilding(ObjectStore store, ClusterKeys keys, int brokerId, UUID walId, int segmentBytes) {
        this.store = store;
        this.keys = keys;
        this.brokerId = brokerId;
        this.walId = walId;
        this.rebuild = new LogRebuild(store, keys, brokerId, segmentBytes);
    }

    /**
     * Rebuilds what is lost. Where nothing is, the bucket isn't asked. Where one of the log directories isn't there that the
     * WAL knows, nothing is rebuilt, and the broker's log says what to do.
     *
     * @param logs what the WAL holds
     * @param known ids of log directories that the WAL has
     * @return the directories that were made
     * @throws IOException if the bucket can't be read or written, an object doesn't verify, or the files can't be written.
     *     The logs of a round get their directories together, so one that fails holds up the others; the next try is the
     *     next start's
     */
    public Set<File> run(Collection<RecoveredLog> logs, LogDirectories directories, List<UUID> known)
            throws IOException {
        List<RecoveredLog> lost = directories.without(logs);
        List<File> logDirs = directories.readable();
        if (lost.isEmpty() || logDirs.isEmpty()) {
            return Set.of();
        }
        Set<UUID> missing = directories.missing(known);
        if (!missing.isEmpty()) {
            LOG.error(
                    "{} log directories are missing, with the ids {}, and so are {} logs, which may be in them: {}. They"
                            + " stay offline. Bring the directories back and restart the broker. If they are lost, stop it and"
                            + " run `aquifer wal restore-directories` with all of log.dirs, an empty directory in place of"
                            + " each that is lost, or without it: then the logs are rebuilt",
                    missing.size(),
                    missing.stream().map(KafkaIds::toKafka).toList(),
                    lost.size(),
                    lost.stream().map(LogDirectories::directory).sorted().toList());
            return Set.of();
        }
        LOG.warn(
                "{} logs that the WAL knows are in no log directory: rebuilding them from {}",
                lost.size(),
                store.name());
        Set<File> rebuilt = ConcurrentHashMap.newKeySet();
        for (int tries = 1; !lost.isEmpty(); tries++) {
            Map<RecoveredLog, IOException> changed =
                    new RebuildRound(store, keys, rebuild, brokerId, walId).run(lost, logDirs, rebuilt);
            lost = List.copyOf(changed.keySet());
            for (IOException change : changed.values()) {
                if (tries == MAX_TRIES) {
                    throw new IOException(
                            "Rebuilding " + lost.size() + " logs was given up after " + MAX_TRIES + " tries, since what"
                                    + " they are rebuilt from is being collected. Start the broker again: "
                                    + change.getMessage(),
                            change);
                }
                LOG.info("What a log is rebuilt from changed meanwhile, so it is read again: {}", change.getMessage());
            }
        }
        return Set.copyOf(rebuilt);
    }
}
