package io.aquifer.rebuild;

import io.aquifer.format.ClusterKeys;
import io.aquifer.object.ObjectStore;
import io.aquifer.wal.device.NativeIo;
import io.aquifer.wal.recovery.RecoveredLog;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the directories of shared logs anew that the WAL knows and no log directory has, for the local disk was lost, or
 * replaced; and those that end before what the WAL holds.
 *
 * <p>It happens before Kafka looks at its log directories, which finds nothing to wonder at. What the WAL holds beyond what the
 * objects do is appended when the log opens, as at any start. How long it takes depends on the number of partitions, not on how
 * much they hold.
 */
public final class Rebuilding {

    private static final Logger LOG = LoggerFactory.getLogger(Rebuilding.class);

    /** Garbage collection condemns something a few times an hour at most, and each try reads what is left. */
    static final int MAX_TRIES = 3;

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final int brokerId;
    private final UUID walId;
    private final NativeIo io;
    private final LogRebuild rebuild;
    private final RebuildProgress progress;

    /**
     * @param walId of the WAL whose objects are read
     * @param segmentBytes how long a segment gets, in bytes
     * @param io makes the directories durable
     * @param progress is told how far it is
     */
    public Rebuilding(
            ObjectStore store,
            ClusterKeys keys,
            int brokerId,
            UUID walId,
            int segmentBytes,
            NativeIo io,
            RebuildProgress progress) {
        this.store = store;
        this.keys = keys;
        this.brokerId = brokerId;
        this.walId = walId;
        this.io = io;
        this.progress = progress;
        this.rebuild = new LogRebuild(store, keys, brokerId, segmentBytes);
    }

    /**
     * Rebuilds what is lost. Where nothing is, the bucket isn't asked. Where one of the log directories isn't there that the
     * WAL knows, no log is rebuilt that may be in it, and the broker's log says what to do.
     *
     * @param logs what the WAL holds
     * @param known ids of log directories that the WAL has
     * @return what was rebuilt, and what wasn't
     * @throws IOException if the bucket can't be read or written, an object doesn't verify, or the files can't be written.
     *     The logs of a round get their directories together, so one that fails holds up the others; the next try is the
     *     next start's
     */
    public Rebuilt run(Collection<RecoveredLog> logs, LogDirectories directories, List<UUID> known) throws IOException {
        Rebuilt rebuilt = new Rebuilt();
        List<RecoveredLog> lost = directories.without(logs);
        List<StaleLog> stale = new StaleLogs(directories, logs).find(rebuilt);
        Set<UUID> missing = directories.missing(known);
        if (!missing.isEmpty()) {
            stale = refuseWhatMayBeElsewhere(lost, stale, missing, rebuilt);
            lost = List.of();
        }
        rebuild(places(lost, stale, directories.readable()), directories.readable(), rebuilt);
        return rebuilt;
    }

    /**
     * A log that is in no directory may be in one that is missing. So may one whose directory doesn't name its incarnation: a log
     * that moves to another directory gets another. Answers the rest.
     */
    private static List<StaleLog> refuseWhatMayBeElsewhere(
            List<RecoveredLog> lost, List<StaleLog> stale, Set<UUID> missing, Rebuilt rebuilt) {
        List<RecoveredLog> refused = new ArrayList<>(lost);
        stale.stream().filter(log -> !log.named()).map(StaleLog::log).forEach(refused::add);
        if (!refused.isEmpty()) {
            LOG.error(
                    "{} log directories are missing, with the ids {}, and so are {} logs, which may be in them: {}. They"
                            + " stay offline. Bring the directories back and restart the broker. If they are lost, stop it and"
                            + " run `aquifer wal restore-directories` with all of log.dirs, an empty directory in place of"
                            + " each that is lost, or without it: then the logs are rebuilt",
                    missing.size(),
                    missing.stream().map(KafkaIds::toKafka).toList(),
                    refused.size(),
                    refused.stream().map(LogDirectories::directory).sorted().toList());
        }
        for (RecoveredLog log : refused) {
            rebuilt.refused(log.id(), "log directories are missing that it may be in");
        }
        return stale.stream().filter(StaleLog::named).toList();
    }

    /** The log directory in which each gets its own. */
    private Map<RecoveredLog, File> places(List<RecoveredLog> lost, List<StaleLog> stale, List<File> logDirs) {
        Map<RecoveredLog, File> places = new LinkedHashMap<>();
        if (!logDirs.isEmpty() && !lost.isEmpty()) {
            LOG.warn(
                    "{} logs that the WAL knows are in no log directory: rebuilding them from {}",
                    lost.size(),
                    store.name());
            for (int i = 0; i < lost.size(); i++) {
                places.put(lost.get(i), logDirs.get(i % logDirs.size()));
            }
        }
        for (StaleLog log : stale) {
            LOG.warn(
                    "The local files in {} end at offset {}, and the WAL goes on at offset {}: rebuilding the log from {} in"
                            + " their place",
                    log.dir(),
                    log.end(),
                    log.log().resumesAt(),
                    store.name());
            places.put(log.log(), log.dir().getParentFile());
        }
        return places;
    }

    private void rebuild(Map<RecoveredLog, File> places, List<File> logDirs, Rebuilt rebuilt) throws IOException {
        long begin = System.nanoTime();
        progress.begin(places.size());
        Map<RecoveredLog, File> left = places;
        for (int tries = 1; !left.isEmpty(); tries++) {
            Map<RecoveredLog, IOException> changed =
                    new RebuildRound(store, keys, rebuild, brokerId, walId, io, progress).run(left, logDirs, rebuilt);
            for (IOException change : changed.values()) {
                if (tries == MAX_TRIES) {
                    throw new IOException(
                            "Rebuilding " + changed.size() + " logs was given up after " + MAX_TRIES
                                    + " tries, since what"
                                    + " they are rebuilt from is being collected. Start the broker again: "
                                    + change.getMessage(),
                            change);
                }
                LOG.info("What a log is rebuilt from changed meanwhile, so it is read again: {}", change.getMessage());
            }
            Map<RecoveredLog, File> again = new LinkedHashMap<>(left);
            again.keySet().retainAll(changed.keySet());
            left = again;
        }
        if (!places.isEmpty()) {
            LOG.info(
                    "Rebuilt {} of {} logs in {} ms",
                    rebuilt.directories().size(),
                    places.size(),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
        }
    }
}
