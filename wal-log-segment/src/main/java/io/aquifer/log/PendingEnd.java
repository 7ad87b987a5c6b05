package io.aquifer.log;

import io.aquifer.wal.append.DurableListener;
import org.apache.kafka.storage.internals.log.LogOffsetMetadata;

/** The end a log will have reached on the device once a record is durable. */
final class PendingEnd implements DurableListener {

    private final SharedLog log;
    private final int generation;
    private final LogOffsetMetadata end;
    private final long startNanos = System.nanoTime();

    /** @param generation of the log when the record was appended: after a truncation, older ones don't count */
    PendingEnd(SharedLog log, int generation, LogOffsetMetadata end) {
        this.log = log;
        this.generation = generation;
        this.end = end;
    }

    int generation() {
        return generation;
    }

    LogOffsetMetadata end() {
        return end;
    }

    long startNanos() {
        return startNanos;
    }

    @Override
    public void durable() {
        log.durable(this);
    }
}
