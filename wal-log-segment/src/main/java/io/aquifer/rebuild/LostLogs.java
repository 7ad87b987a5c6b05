package io.aquifer.rebuild;

import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.recovery.RecoveredLog;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** Which logs that the WAL knows have no directory any more. */
final class LostLogs {

    private final Set<Long> incarnations = new HashSet<>();
    private final Set<String> names = new HashSet<>();

    /** Looks at what is in the log directories. */
    LostLogs(List<File> logDirs) throws IOException {
        for (File logDir : logDirs) {
            File[] dirs = logDir.listFiles(File::isDirectory);
            for (File dir : dirs == null ? new File[0] : dirs) {
                names.add(dir.getName());
                OptionalLong incarnation = IncarnationFile.read(dir);
                if (incarnation.isPresent()) {
                    incarnations.add(incarnation.getAsLong());
                }
            }
        }
    }

    /** Those whose directory is lost. A log whose partition has a directory that says nothing of the WAL isn't among them. */
    List<RecoveredLog> among(Collection<RecoveredLog> logs) {
        List<RecoveredLog> lost = new ArrayList<>();
        for (RecoveredLog log : logs) {
            if (!log.deleted()
                    && log.topic() != null
                    && !incarnations.contains(log.id().incarnation())
                    && !names.contains(directory(log))) {
                lost.add(log);
            }
        }
        return lost;
    }

    /** The name of a log's directory. */
    static String directory(RecoveredLog log) {
        LogId id = log.id();
        return log.topic() + "-" + id.partition();
    }
}
