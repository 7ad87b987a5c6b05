package io.aquifer.rebuild;

import io.aquifer.wal.layout.LogId;
import java.io.File;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What came of rebuilding. Safe for use by several threads. */
public final class Rebuilt {

    private final Set<File> directories = ConcurrentHashMap.newKeySet();
    private final Map<LogId, String> refused = new ConcurrentHashMap<>();

    Rebuilt() {}

    void made(File directory) {
        directories.add(directory.getAbsoluteFile());
    }

    void refused(LogId log, String reason) {
        refused.put(log, reason);
    }

    /** The directories that were made, whole and durable, by their absolute names. */
    public Set<File> directories() {
        return Set.copyOf(directories);
    }

    /** Why a log wasn't rebuilt that isn't there, or not as a whole. */
    public Optional<String> refusal(LogId log) {
        return Optional.ofNullable(refused.get(log));
    }
}
