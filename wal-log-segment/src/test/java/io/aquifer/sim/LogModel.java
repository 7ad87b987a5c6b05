package io.aquifer.sim;

import io.aquifer.wal.layout.LogId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What one log is after some of its records: batch by batch, where the WAL knows records only. */
final class LogModel {

    final LogId id;
    final List<Batch> batches = new ArrayList<>();

    /** For each batch the record that brought it. */
    final List<Op> sources = new ArrayList<>();

    long start = -1;
    long end = -1;
    boolean deleted;
    String topic = "";

    LogModel(LogId id) {
        this.id = id;
    }

    void apply(Op op) {
        long offset = op.header.baseOffset();
        switch (op.written().kind()) {
            case VOID -> {}
            case DATA -> {
                dropFrom(offset);
                batches.addAll(op.batches);
                op.batches.forEach(batch -> sources.add(op));
                end = op.header.lastOffset() + 1;
            }
            case TRUNCATE -> {
                dropFrom(offset);
                end = Math.min(end, offset);
                start = Math.min(start, offset);
            }
            case RESTART -> {
                dropFrom(-1);
                end = offset;
                start = Math.min(start, offset);
            }
            case LOG_START -> start = offset;
            case DELETE -> {
                dropFrom(-1);
                deleted = true;
            }
            case CHECKPOINT -> {
                start = offset;
                end = op.header.lastOffset() + 1;
                topic = new String(op.payload, StandardCharsets.UTF_8);
            }
        }
    }

    private void dropFrom(long offset) {
        while (!batches.isEmpty() && batches.get(batches.size() - 1).last() >= offset) {
            batches.remove(batches.size() - 1);
            sources.remove(sources.size() - 1);
        }
    }
}
