package io.aquifer.sim;

import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.RecordHeader;
import io.aquifer.wal.layout.RecordKind;
import java.util.List;

/** One record that was appended, in the order of the WAL, and what became of it. */
final class Op {

    private static final long NOWHERE = -1;

    final RecordHeader header;
    final byte[] payload;
    final List<Batch> batches;

    /** Number of its block in this opening of the WAL. */
    long block = NOWHERE;

    /** Position of its block, once it has one. */
    long position = NOWHERE;

    boolean abandoned;

    /** The listener was called, or recovery found it and it was relied on. */
    boolean acknowledged;

    private Op(RecordHeader header, byte[] payload, List<Batch> batches) {
        this.header = header;
        this.payload = payload;
        this.batches = batches;
    }

    static Op data(LogId log, List<Batch> batches) {
        byte[] payload = Batch.bytes(batches);
        long base = batches.get(0).base();
        long last = batches.get(batches.size() - 1).last();
        return new Op(
                new RecordHeader(RecordKind.DATA, log, 5, base, last, base * 10, payload.length), payload, batches);
    }

    static Op control(RecordKind kind, LogId log, long offset, long last, byte[] payload) {
        return new Op(new RecordHeader(kind, log, -1, offset, last, -1, payload.length), payload, List.of());
    }

    boolean hasPosition() {
        return position != NOWHERE;
    }

    /** The header as it is on the device. */
    RecordHeader written() {
        return abandoned
                ? new RecordHeader(
                        RecordKind.VOID,
                        header.log(),
                        header.leaderEpoch(),
                        header.baseOffset(),
                        header.lastOffset(),
                        header.maxTimestamp(),
                        header.payloadLength())
                : header;
    }

    @Override
    public String toString() {
        return written() + " in block " + block + " at " + position + (acknowledged ? ", acknowledged" : "");
    }
}
