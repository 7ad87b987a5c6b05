package io.aquifer.rebuild;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.CollectionRecord;
import io.aquifer.format.CollectionRecords;
import io.aquifer.format.LogIncarnation;
import io.aquifer.format.WalChain;
import io.aquifer.format.WalObjects;
import io.aquifer.object.ObjectNotFoundException;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.StoreWait;
import io.aquifer.rebuild.LogRebuild.Staged;
import io.aquifer.rebuild.RebuildPlan.MissingOffsetsException;
import io.aquifer.wal.device.FileSystemSync;
import io.aquifer.wal.device.JnaNativeIo;
import io.aquifer.wal.device.NativeIo;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.recovery.RecoveredLog;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
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

    /** Partitions at once: nearly all of the time goes into waiting for the store. */
    private static final int PARTITIONS_AT_ONCE = 32;

    /** WAL objects that segments are read from at once. */
    private static final int OBJECTS_AT_ONCE = 4;

    /** Garbage collection condemns something a few times an hour at most, and each try reads what is left. */
    private static final int MAX_TRIES = 3;

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final int brokerId;
    private final UUID walId;
    private final LogRebuild rebuild;
    private final NativeIo io = new JnaNativeIo();

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
     *     What was rebuilt by then stays, and another try goes on with the rest
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
            Map<RecoveredLog, IOException> changed = rebuild(lost, logDirs, rebuilt);
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

    /** Answers those for which the bucket has to be read again, and why. */
    private Map<RecoveredLog, IOException> rebuild(List<RecoveredLog> lost, List<File> logDirs, Set<File> rebuilt)
            throws IOException {
        Map<RecoveredLog, IOException> changed = new ConcurrentHashMap<>();
        Map<RecoveredLog, Staged> staged = new ConcurrentHashMap<>();
        List<FileSystemSync> fileSystems = new ArrayList<>();
        try {
            for (File logDir : logDirs) {
                fileSystems.add(FileSystemSync.open(io, logDir.toPath()));
            }
            SegmentData data = new SegmentData(store, keys);
            stage(lost, logDirs, data, staged, changed);
            confirm(staged, changed);
            fetch(data, staged, changed);
            place(staged.values(), fileSystems, rebuilt);
        } finally {
            fileSystems.forEach(FileSystemSync::close);
            for (Staged log : staged.values()) {
                Utils.delete(log.staged());
            }
        }
        return changed;
    }

    private void stage(
            List<RecoveredLog> lost,
            List<File> logDirs,
            SegmentData data,
            Map<RecoveredLog, Staged> staged,
            Map<RecoveredLog, IOException> changed)
            throws IOException {
        Set<LogIncarnation> wanted = new HashSet<>();
        lost.forEach(log -> wanted.add(incarnation(log.id())));
        StoredLogs stored = StoredLogs.read(
                new WalChain(store, keys), new WalObjects(store, keys), brokerId, walId, wanted::contains);
        ExecutorService threads =
                Executors.newFixedThreadPool(Math.min(PARTITIONS_AT_ONCE, lost.size()), Rebuilding::thread);
        try {
            List<CompletableFuture<?>> running = new ArrayList<>();
            for (int i = 0; i < lost.size(); i++) {
                RecoveredLog log = lost.get(i);
                File logDir = logDirs.get(i % logDirs.size());
                running.add(
                        CompletableFuture.runAsync(() -> stage(log, stored, logDir, data, staged, changed), threads));
            }
            StoreWait.untilDone(CompletableFuture.allOf(running.toArray(CompletableFuture<?>[]::new)));
        } finally {
            threads.shutdownNow();
        }
    }

    /** What was made of something that is condemned by now isn't staged any more. */
    private void confirm(Map<RecoveredLog, Staged> staged, Map<RecoveredLog, IOException> changed) throws IOException {
        CollectionRecord record = CollectionRecord.in(StoreWait.untilDone(new CollectionRecords(store, keys).newest()));
        for (Map.Entry<RecoveredLog, Staged> log : Map.copyOf(staged).entrySet()) {
            try {
                log.getValue().composites().confirm(record);
            } catch (CondemnedObjectException e) {
                changed(log.getKey(), e, staged, changed);
            }
        }
    }

    /** What was to be read from an object that is gone isn't staged any more. */
    private void fetch(SegmentData data, Map<RecoveredLog, Staged> staged, Map<RecoveredLog, IOException> changed)
            throws IOException {
        ExecutorService threads = Executors.newFixedThreadPool(OBJECTS_AT_ONCE, Rebuilding::thread);
        try {
            Set<LogId> there = staged.keySet().stream().map(RecoveredLog::id).collect(Collectors.toSet());
            Map<LogId, ObjectNotFoundException> gone = data.fetch(there, threads);
            for (RecoveredLog log : List.copyOf(staged.keySet())) {
                ObjectNotFoundException failure = gone.get(log.id());
                if (failure != null) {
                    changed(log, failure, staged, changed);
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void changed(
            RecoveredLog log,
            IOException change,
            Map<RecoveredLog, Staged> staged,
            Map<RecoveredLog, IOException> changed)
            throws IOException {
        changed.put(log, change);
        Staged made = staged.remove(log);
        if (made != null) {
            Utils.delete(made.staged());
        }
    }

    /**
     * Gives all of them their names. A directory has what it is to have before it has its name, and its name before it says
     * which log it is: one that Kafka is to delete must not say so.
     */
    private void place(Collection<Staged> logs, List<FileSystemSync> fileSystems, Set<File> rebuilt)
            throws IOException {
        sync(fileSystems);
        for (Staged log : logs) {
            Utils.atomicMoveWithFallback(log.staged().toPath(), log.dir().toPath(), false);
        }
        sync(fileSystems);
        for (Staged log : logs) {
            IncarnationFile.writeUnsynced(log.dir(), log.log().incarnation());
        }
        sync(fileSystems);
        for (Staged log : logs) {
            rebuilt.add(log.dir().getAbsoluteFile());
            LOG.info(
                    "Rebuilt {} in {}: offsets {} to {} locally, {} composite segments below",
                    log.partition(),
                    log.dir().getParent(),
                    log.localStart(),
                    log.end(),
                    log.composites().size());
        }
    }

    private static void sync(List<FileSystemSync> fileSystems) throws IOException {
        for (FileSystemSync fileSystem : fileSystems) {
            fileSystem.sync();
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "aquifer-rebuild");
        thread.setDaemon(true);
        return thread;
    }

    private static LogIncarnation incarnation(LogId id) {
        return new LogIncarnation(id.topicId(), id.partition(), id.incarnation());
    }

    private void stage(
            RecoveredLog log,
            StoredLogs stored,
            File logDir,
            SegmentData data,
            Map<RecoveredLog, Staged> staged,
            Map<RecoveredLog, IOException> changed) {
        TopicPartition partition =
                new TopicPartition(String.valueOf(log.topic()), log.id().partition());
        try {
            TieredLog tiered = rebuild.tiered(log.id());
            RebuildPlan plan = RebuildPlan.of(log, stored.log(incarnation(log.id())), stored.end(), tiered);
            staged.put(log, rebuild.stage(plan, tiered, log.id(), partition, logDir, data));
        } catch (MissingOffsetsException e) {
            LOG.error(
                    "{} can't be rebuilt: {}. They were on the local disk only. Restore its directory, or delete the topic",
                    partition,
                    e.getMessage());
        } catch (ObjectNotFoundException e) {
            changed.put(log, e);
        } catch (IOException e) {
            throw new CompletionException(new IOException("Rebuilding " + partition + " failed: " + e.getMessage(), e));
        }
    }
}
