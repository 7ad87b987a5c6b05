package io.aquifer.rebuild;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.LogIncarnation;
import io.aquifer.object.ObjectStore;
import io.aquifer.wal.device.NativeIo;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.common.utils.Utils;

/**
 * Makes the directories of logs ready that a broker gets from another's WAL, all of which is in the bucket: composite segments
 * for what no segment holds yet, and a local segment for the end of each.
 */
public final class TakeoverStaging {

    private static final String MARK = "aquifer.takeover";

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final LogRebuild rebuild;
    private final List<File> logDirs;
    private final NativeIo io;

    /**
     * @param brokerId of the broker that gets the logs
     * @param segmentBytes how long a segment gets, in bytes
     * @param logDirs of that broker
     * @param io makes the directories durable
     */
    public TakeoverStaging(
            ObjectStore store, ClusterKeys keys, int brokerId, int segmentBytes, List<File> logDirs, NativeIo io) {
        this.store = store;
        this.keys = keys;
        this.rebuild = new LogRebuild(store, keys, brokerId, segmentBytes);
        this.logDirs = List.copyOf(logDirs);
        this.io = io;
    }

    /**
     * Deletes what an earlier process didn't finish: directories of these logs, of which the WAL knows nothing.
     */
    public void removeUnfinished(Collection<LogIncarnation> logs) throws IOException {
        Set<String> wanted =
                logs.stream().map(log -> log.topicId() + "-" + log.partition()).collect(Collectors.toSet());
        if (wanted.isEmpty()) {
            return;
        }
        for (File logDir : logDirs) {
            File[] there = logDir.listFiles(File::isDirectory);
            for (File dir : there == null ? new File[0] : there) {
                Optional<UUID> topicId = KafkaIds.topicIdOf(dir);
                int dash = dir.getName().lastIndexOf('-');
                if (topicId.isPresent()
                        && wanted.contains(topicId.get() + dir.getName().substring(dash))) {
                    Utils.delete(dir);
                }
            }
        }
    }

    /** Notes durably, where the log directories are, that this broker is about to get logs. */
    public void mark() throws IOException {
        for (File logDir : logDirs) {
            Path mark = logDir.toPath().resolve(MARK);
            if (!Files.exists(mark)) {
                Files.createFile(mark);
                Utils.flushDir(logDir.toPath());
            }
        }
    }

    /** Whether the broker was about to get logs when it ended. */
    public boolean isMarked() {
        return logDirs.stream().anyMatch(logDir -> Files.exists(logDir.toPath().resolve(MARK)));
    }

    /** It isn't any more. */
    public void unmark() throws IOException {
        for (File logDir : logDirs) {
            Files.deleteIfExists(logDir.toPath().resolve(MARK));
        }
    }

    /**
     * What came of it.
     *
     * @param taken logs that are ready
     * @param refused those that never can be, and why
     */
    public record Result(List<TakenLog> taken, Map<LogIncarnation, String> refused) {

        public Result {
            taken = List.copyOf(taken);
            refused = Map.copyOf(refused);
        }
    }

    /**
     * Makes logs ready.
     *
     * @param source node id of the broker whose WAL has them
     * @param walId of that WAL
     * @throws IOException if the bucket can't be read or written, an object doesn't verify, or the files can't be written; then
     *     none is ready
     */
    public Result stage(int source, UUID walId, Collection<LogIncarnation> logs) throws IOException {
        List<TakenLog> taken = new ArrayList<>();
        Map<LogIncarnation, String> refused = new HashMap<>();
        boolean done = false;
        try {
            Set<LogIncarnation> left = new LinkedHashSet<>(logs);
            for (int tries = 1; !left.isEmpty(); tries++) {
                if (tries > Rebuilding.MAX_TRIES) {
                    throw new IOException("Making " + left.size() + " logs of broker " + source + " ready was given up"
                            + " after " + Rebuilding.MAX_TRIES
                            + " tries, since what they are made from is being collected");
                }
                Rebuilt rebuilt = new Rebuilt();
                RebuildProgress progress = new RebuildProgress(System::nanoTime);
                for (TakenLog log : new RebuildRound(store, keys, rebuild, source, walId, io, progress)
                        .take(left, logDirs, rebuilt)) {
                    taken.add(log);
                    left.remove(RebuildRound.incarnation(log.id()));
                }
                for (LogIncarnation log : List.copyOf(left)) {
                    rebuilt.refusal(RebuildRound.id(log)).ifPresent(reason -> {
                        refused.put(log, reason);
                        left.remove(log);
                    });
                }
            }
            done = true;
            return new Result(taken, refused);
        } finally {
            if (!done) {
                for (TakenLog log : taken) {
                    log.discard();
                }
            }
        }
    }
}
