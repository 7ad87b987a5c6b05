package io.aquifer.rebuild;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.CollectionRecord;
import io.aquifer.format.CollectionRecords;
import io.aquifer.format.LogIncarnation;
import io.aquifer.format.WalChain;
import io.aquifer.format.WalObjects;
import io.aquifer.format.WalRun;
import io.aquifer.object.ObjectNotFoundException;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.StoreWait;
import io.aquifer.rebuild.LogRebuild.Staged;
import io.aquifer.rebuild.RebuildPlan.MissingOffsetsException;
import io.aquifer.wal.device.FileSystemSync;
import io.aquifer.wal.device.NativeIo;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.recovery.RecoveredLog;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
 * One round of a rebuild: all logs are staged, and then get their directories together, or are left staged. Used once.
 */
final class RebuildRound {

    private static final Logger LOG = LoggerFactory.getLogger(RebuildRound.class);

    /** Partitions at once: nearly all of the time goes into waiting for the store. */
    private static final int PARTITIONS_AT_ONCE = 32;

    /** WAL objects that segments are read from at once. */
    private static final int OBJECTS_AT_ONCE = 4;

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final LogRebuild rebuild;
    private final int source;
    private final UUID walId;
    private final SegmentData data;
    private final LogRestore restore;
    private final SegmentDownloads downloads;
    private final RebuildProgress progress;
    private final Map<RecoveredLog, Staged> staged = new ConcurrentHashMap<>();
    private final Map<RecoveredLog, IOException> changed = new ConcurrentHashMap<>();
    private final NativeIo io;
    private final List<FileSystemSync> fileSystems = new ArrayList<>();

    /**
     * @param source node id of the broker whose WAL objects are read
     * @param walId of its WAL
     */
    RebuildRound(
            ObjectStore store,
            ClusterKeys keys,
            LogRebuild rebuild,
            int source,
            UUID walId,
            NativeIo io,
            RebuildProgress progress) {
        this.store = store;
        this.keys = keys;
        this.rebuild = rebuild;
        this.source = source;
        this.walId = walId;
        this.data = new SegmentData(store, keys, progress);
        this.restore = new LogRestore(store, keys, rebuild);
        this.downloads = new SegmentDownloads(store, keys, progress);
        this.io = io;
        this.progress = progress;
    }

    /**
     * Rebuilds what is lost.
     *
     * @param lost with the log directory in which each gets its own
     * @param logDirs all that there are
     * @param rebuilt gets the directories that were made, and the logs for which there can be none
     * @return those for which the bucket has to be read again, and why
     */
    Map<RecoveredLog, IOException> run(Map<RecoveredLog, File> lost, List<File> logDirs, Rebuilt rebuilt)
            throws IOException {
        try {
            open(lost.values());
            Set<LogIncarnation> wanted = new HashSet<>();
            lost.keySet().forEach(log -> wanted.add(incarnation(log.id())));
            stage(lost, read(wanted), rebuilt);
            confirm();
            fetch();
            place(logDirs, rebuilt);
        } finally {
            end();
        }
        return changed;
    }

    /**
     * Stages logs as the WAL's objects have them, durably, and leaves them staged.
     *
     * @param logDirs where they are staged, spread evenly
     * @param rebuilt gets the logs for which there can be none
     * @return those that were staged. Those that are missing, and can be, are to be staged again
     */
    List<TakenLog> take(Collection<LogIncarnation> logs, List<File> logDirs, Rebuilt rebuilt) throws IOException {
        try {
            open(logDirs);
            Stored stored = read(Set.copyOf(logs));
            Map<RecoveredLog, File> places = new LinkedHashMap<>();
            for (LogIncarnation log : logs) {
                RecoveredLog known = stored.logs().log(log).known(log);
                if (known == null) {
                    rebuilt.refused(id(log), "no WAL object describes it");
                } else {
                    places.put(known, logDirs.get(places.size() % logDirs.size()));
                }
            }
            stage(places, stored, rebuilt);
            confirm();
            fetch();
            for (FileSystemSync fileSystem : fileSystems) {
                fileSystem.sync();
            }
            List<TakenLog> taken = new ArrayList<>();
            staged.forEach((log, made) -> taken.add(new TakenLog(log, made)));
            staged.clear();
            return taken;
        } finally {
            end();
        }
    }

    private void open(Collection<File> logDirs) throws IOException {
        for (File logDir : Set.copyOf(logDirs)) {
            fileSystems.add(FileSystemSync.open(io, logDir.toPath()));
        }
    }

    private void end() throws IOException {
        fileSystems.forEach(FileSystemSync::close);
        for (Staged log : staged.values()) {
            Utils.delete(log.staged());
        }
    }

    /** What the bucket has of logs. */
    private record Stored(StoredLogs logs, SegmentListings listings) {}

    private Stored read(Set<LogIncarnation> wanted) throws IOException {
        List<WalRun> runs = StoreWait.untilDone(new WalChain(store, keys).runs(source));
        // Only now: a segment that takes the place of a WAL object is there before that one goes.
        CompletableFuture<SegmentListings> listing = SegmentListings.read(store, keys, wanted);
        StoredLogs logs = StoredLogs.read(runs, new WalObjects(store, keys), walId, wanted::contains);
        return new Stored(logs, StoreWait.untilDone(listing));
    }

    private void stage(Map<RecoveredLog, File> places, Stored stored, Rebuilt rebuilt) throws IOException {
        if (places.isEmpty()) {
            return;
        }
        ExecutorService threads =
                Executors.newFixedThreadPool(Math.min(PARTITIONS_AT_ONCE, places.size()), RebuildRound::thread);
        try {
            List<CompletableFuture<?>> running = new ArrayList<>();
            places.forEach((log, logDir) ->
                    running.add(CompletableFuture.runAsync(() -> stage(log, stored, logDir, rebuilt), threads)));
            StoreWait.untilDone(CompletableFuture.allOf(running.toArray(CompletableFuture<?>[]::new)));
        } finally {
            threads.shutdownNow();
        }
    }

    /** What was made of something that is condemned by now isn't staged any more. */
    private void confirm() throws IOException {
        CollectionRecord record = CollectionRecord.in(StoreWait.untilDone(new CollectionRecords(store, keys).newest()));
        for (Map.Entry<RecoveredLog, Staged> log : Map.copyOf(staged).entrySet()) {
            try {
                log.getValue().composites().confirm(record);
            } catch (CondemnedObjectException e) {
                unstage(log.getKey(), e);
            }
        }
    }

    /** What was to be read from an object that is gone isn't staged any more. */
    private void fetch() throws IOException {
        ExecutorService threads = Executors.newFixedThreadPool(OBJECTS_AT_ONCE, RebuildRound::thread);
        try {
            Set<LogId> there = staged.keySet().stream().map(RecoveredLog::id).collect(Collectors.toSet());
            Map<LogId, ObjectNotFoundException> gone = new HashMap<>(data.fetch(there, threads));
            gone.putAll(downloads.fetch(there, threads));
            for (RecoveredLog log : List.copyOf(staged.keySet())) {
                ObjectNotFoundException failure = gone.get(log.id());
                if (failure != null) {
                    unstage(log, failure);
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void unstage(RecoveredLog log, IOException change) throws IOException {
        changed.put(log, change);
        Staged made = staged.remove(log);
        if (made != null) {
            Utils.delete(made.staged());
        }
    }

    private void place(List<File> logDirs, Rebuilt rebuilt) throws IOException {
        CleanedOffsets.forget(
                logDirs, staged.values().stream().map(Staged::partition).collect(Collectors.toSet()));
        new Placement(fileSystems).place(staged.values());
        for (Staged log : staged.values()) {
            rebuilt.made(log.dir());
            progress.made();
            LOG.info(
                    "Rebuilt {} in {}: offsets {} to {} locally, {} composite segments below",
                    log.partition(),
                    log.dir().getParent(),
                    log.localStart(),
                    log.end(),
                    log.composites().size());
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "aquifer-rebuild");
        thread.setDaemon(true);
        return thread;
    }

    static LogIncarnation incarnation(LogId id) {
        return new LogIncarnation(id.topicId(), id.partition(), id.incarnation());
    }

    static LogId id(LogIncarnation log) {
        return new LogId(log.topicId(), log.partition(), log.incarnation());
    }

    private void stage(RecoveredLog log, Stored stored, File logDir, Rebuilt rebuilt) {
        TopicPartition partition =
                new TopicPartition(String.valueOf(log.topic()), log.id().partition());
        try {
            StoredLog inObjects = stored.logs().log(incarnation(log.id()));
            long storedEnd = stored.logs().end();
            SegmentListings listings = stored.listings();
            if (log.untiered()) {
                staged.put(log, restore.stage(log, inObjects, storedEnd, listings, partition, logDir, data, downloads));
                progress.staged();
                return;
            }
            TieredLog tiered = rebuild.tiered(log.id(), listings);
            RebuildPlan plan = RebuildPlan.of(log, inObjects, storedEnd, tiered).reaching(log);
            staged.put(log, rebuild.stage(plan, tiered, log.id(), partition, logDir, data));
            progress.staged();
        } catch (MissingOffsetsException e) {
            LOG.error(
                    "{} can't be rebuilt: {}. They were on the local disk only. Restore its directory, or delete the topic",
                    partition,
                    e.getMessage());
            rebuilt.refused(log.id(), String.valueOf(e.getMessage()));
        } catch (ObjectNotFoundException e) {
            changed.put(log, e);
        } catch (IOException e) {
            throw new CompletionException(new IOException("Rebuilding " + partition + " failed: " + e.getMessage(), e));
        }
    }
}
