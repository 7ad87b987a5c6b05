package io.aquifer.rebuild;

import io.aquifer.rebuild.LogRebuild.Staged;
import io.aquifer.wal.device.FileSystemSync;
import java.io.File;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.storage.internals.checkpoint.PartitionMetadataFile;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives rebuilt logs their directories, all together. Where a stale one has the name, it makes room.
 *
 * <p>A directory that Kafka is to delete must not say which log it is: that would be the deletion of the log. So a rebuilt
 * directory has its name before it says so, and a stale one says so no more before it loses its name; until then its name and
 * its topic's id tell which log it is. Each step is durable before the next one begins, so whoever is killed
 * leaves the stale directory, the rebuilt one, or none.
 */
final class Placement {

    private static final Logger LOG = LoggerFactory.getLogger(Placement.class);

    private final List<FileSystemSync> fileSystems;

    /** @param fileSystems of all directories, opened before anything was written there */
    Placement(List<FileSystemSync> fileSystems) {
        this.fileSystems = fileSystems;
    }

    /** Returns when all of them are where they belong, durably. */
    void place(Collection<Staged> logs) throws IOException {
        sync();
        Map<Staged, File> stale =
                moveAway(logs.stream().filter(log -> log.dir().exists()).toList());
        for (Staged log : logs) {
            Utils.atomicMoveWithFallback(log.staged().toPath(), log.dir().toPath(), false);
        }
        sync();
        for (Staged log : logs) {
            IncarnationFile.writeUnsynced(log.dir(), log.log().incarnation());
        }
        sync();
        stale.values().forEach(Placement::delete);
    }

    /** Answers what the stale directories are called now. */
    private Map<Staged, File> moveAway(List<Staged> replacing) throws IOException {
        if (replacing.isEmpty()) {
            return Map.of();
        }
        for (Staged log : replacing) {
            recordTopicId(log);
            IncarnationFile.deleteUnsynced(log.dir());
        }
        sync();
        Map<Staged, File> moved = new LinkedHashMap<>();
        for (Staged log : replacing) {
            File target = new File(log.dir().getParentFile(), UnifiedLog.logDeleteDirName(log.partition()));
            Utils.atomicMoveWithFallback(log.dir().toPath(), target.toPath(), false);
            moved.put(log, target);
        }
        sync();
        return moved;
    }

    /** Durably. */
    private static void recordTopicId(Staged log) throws IOException {
        PartitionMetadataFile file =
                new PartitionMetadataFile(PartitionMetadataFile.newFile(log.dir()), new LogDirFailureChannel(1));
        if (!file.exists()) {
            file.record(KafkaIds.toKafka(log.log().topicId()));
            try {
                file.maybeFlush();
            } catch (KafkaStorageException e) {
                throw new IOException("Writing the topic's id into " + log.dir() + " failed: " + e.getMessage(), e);
            }
        }
    }

    /** What can't be deleted here Kafka deletes, though it loads it before. */
    private static void delete(File stale) {
        try {
            Utils.delete(stale);
        } catch (IOException e) {
            LOG.warn("{} couldn't be deleted; the broker goes on to try: {}", stale, e.getMessage(), e);
        }
    }

    private void sync() throws IOException {
        for (FileSystemSync fileSystem : fileSystems) {
            fileSystem.sync();
        }
    }
}
