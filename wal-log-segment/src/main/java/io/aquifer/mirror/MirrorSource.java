package io.aquifer.mirror;

import io.aquifer.wal.layout.LogId;
import java.io.IOException;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/** A log that is mirrored. */
public interface MirrorSource {

    LogId id();

    UnifiedLog log();

    /** The epoch under which this broker leads the partition, or -1 if it doesn't. */
    int leaderEpoch();

    ClosedSegments closed();

    /**
     * Writes into the WAL where the log starts now, and returns once that is durable.
     *
     * @return a position in the WAL, below which it is
     */
    long recordLogStart() throws IOException;
}
