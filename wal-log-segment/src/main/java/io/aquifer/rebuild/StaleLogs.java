package io.aquifer.rebuild;

import io.aquifer.rebuild.LogDirectories.Found;
import io.aquifer.wal.recovery.RecoveredLog;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the logs whose directory is there and ends before what the WAL holds: it was restored from an old copy, or has lost
 * records that were flushed.
 *
 * <p>A log that is in doubt isn't among them, and Kafka loads its directory as it is.
 */
final class StaleLogs {

    private static final Logger LOG = LoggerFactory.getLogger(StaleLogs.class);

    private final LogDirectories directories;
    private final List<RecoveredLog> live;
    private final Map<String, Integer> liveByName = new HashMap<>();
    private final Map<String, List<Found>> byName = new HashMap<>();
    private final Map<Long, Integer> byIncarnation = new HashMap<>();

    /** @param logs what the WAL holds */
    StaleLogs(LogDirectories directories, Collection<RecoveredLog> logs) {
        this.directories = directories;
        this.live = logs.stream()
                .filter(log -> !log.deleted() && log.topic() != null)
                .toList();
        live.forEach(log -> liveByName.merge(LogDirectories.directory(log), 1, Integer::sum));
        for (Found found : directories.logs()) {
            byName.computeIfAbsent(found.dir().getName(), name -> new ArrayList<>())
                    .add(found);
            found.incarnation().ifPresent(incarnation -> byIncarnation.merge(incarnation, 1, Integer::sum));
        }
    }

    /**
     * Looks for them.
     *
     * @param rebuilt gets the logs of which it can't be told where their files end, and why
     */
    List<StaleLog> find(Rebuilt rebuilt) {
        List<StaleLog> stale = new ArrayList<>();
        for (RecoveredLog log : live) {
            try {
                find(log).ifPresent(stale::add);
            } catch (IOException | KafkaStorageException e) {
                LOG.warn(
                        "Whether the local files of {} reach offset {}, where the WAL goes on, can't be told: {}",
                        LogDirectories.directory(log),
                        log.resumesAt(),
                        e.getMessage(),
                        e);
                rebuilt.refused(log.id(), "where its local files end can't be told: " + e.getMessage());
            }
        }
        return stale;
    }

    private Optional<StaleLog> find(RecoveredLog log) throws IOException {
        String name = LogDirectories.directory(log);
        List<Found> here = byName.getOrDefault(name, List.of());
        if (here.size() != 1 || liveByName.getOrDefault(name, 0) != 1) {
            return Optional.empty();
        }
        Found found = here.get(0);
        long incarnation = log.id().incarnation();
        boolean named = found.incarnation().equals(OptionalLong.of(incarnation));
        if (byIncarnation.getOrDefault(incarnation, 0) != (named ? 1 : 0) || !isOf(log, found, named)) {
            return Optional.empty();
        }
        OptionalLong end = LocalEnd.below(found.dir(), log.resumesAt());
        if (end.isEmpty() || Math.max(end.getAsLong(), log.logStartOffset()) >= log.resumesAt()) {
            return Optional.empty();
        }
        return Optional.of(new StaleLog(log, found.dir(), end.getAsLong(), named));
    }

    /** Whether the directory is of that log, or of none at all: with nothing in it that says so, nor any record. */
    private boolean isOf(RecoveredLog log, Found found, boolean named) throws IOException {
        File dir = found.dir();
        if (!directories.readable().contains(dir.getParentFile())) {
            return false;
        }
        Optional<UUID> topicId = KafkaIds.topicIdOf(dir);
        if (topicId.isPresent()) {
            return topicId.get().equals(log.id().topicId());
        }
        return named || (found.incarnation().isEmpty() && !LocalEnd.hasRecords(dir));
    }
}
