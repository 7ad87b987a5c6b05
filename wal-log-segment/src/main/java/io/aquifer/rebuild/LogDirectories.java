package io.aquifer.rebuild;

import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.recovery.RecoveredLog;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The broker's log directories that can be read, and what is in them.
 *
 * <p>A log that is in none of them may be in one that can't be read, because its disk has failed or isn't attached. That one
 * isn't lost before the operator says so. So the WAL keeps the ids of log directories for as long as a log that it knows may
 * be in one of them, and while one of these ids is carried by no directory, no log counts as lost.
 */
public final class LogDirectories {

    private static final Logger LOG = LoggerFactory.getLogger(LogDirectories.class);

    private final Map<File, UUID> readable = new TreeMap<>();
    private final List<Found> found = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    /**
     * A directory of a log.
     *
     * @param incarnation which log it says that it is, if it says so
     */
    record Found(File dir, OptionalLong incarnation) {}

    private LogDirectories() {}

    /**
     * Looks at what is in them. One that can't be listed, or holds a log that doesn't say which it is because the file for that
     * can't be read, is left out: Kafka goes on without it.
     *
     * @param directories with the id of each
     */
    public static LogDirectories look(Map<File, UUID> directories) {
        LogDirectories found = new LogDirectories();
        directories.forEach(found::look);
        return found;
    }

    private void look(File directory, UUID id) {
        File[] logs = directory.listFiles(File::isDirectory);
        if (logs == null) {
            return;
        }
        try {
            note(logs);
            readable.put(directory, id);
        } catch (IOException e) {
            LOG.warn("The log directory {} can't be read as a whole: {}", directory, e.getMessage(), e);
        }
    }

    private void note(File[] logs) throws IOException {
        for (File log : logs) {
            names.add(log.getName());
            found.add(new Found(log, IncarnationFile.read(log)));
        }
    }

    /** Those that can be read. */
    List<File> readable() {
        return List.copyOf(readable.keySet());
    }

    /** The ids that the WAL is to keep: those of the directories that are there, and all while a log may be in another. */
    public List<UUID> idsToKeep(List<UUID> known, Collection<RecoveredLog> logs) {
        Set<UUID> ids = new TreeSet<>(readable.values());
        if (!unnamed(logs).isEmpty()) {
            ids.addAll(known);
        }
        return List.copyOf(ids);
    }

    /** Those among the ids that the WAL has which no directory carries. */
    Set<UUID> missing(Collection<UUID> known) {
        Set<UUID> missing = new LinkedHashSet<>(known);
        missing.removeAll(readable.values());
        return missing;
    }

    /**
     * Those logs that are in no directory here. A log whose partition has a directory that says nothing of the WAL isn't among
     * them.
     */
    List<RecoveredLog> without(Collection<RecoveredLog> logs) {
        return unnamed(logs).stream()
                .filter(log -> !names.contains(directory(log)))
                .toList();
    }

    /** Those logs which no directory says that it is. */
    private List<RecoveredLog> unnamed(Collection<RecoveredLog> logs) {
        Set<Long> incarnations = new HashSet<>();
        found.forEach(each -> each.incarnation().ifPresent(incarnations::add));
        return logs.stream()
                .filter(log -> !log.deleted() && log.topic() != null)
                .filter(log -> !incarnations.contains(log.id().incarnation()))
                .toList();
    }

    /** The directories of logs, those of log directories that can't be read as a whole among them. */
    List<Found> logs() {
        return Collections.unmodifiableList(found);
    }

    /** The name of a log's directory. */
    static String directory(RecoveredLog log) {
        LogId id = log.id();
        return log.topic() + "-" + id.partition();
    }
}
