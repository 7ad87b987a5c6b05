package io.aquifer.sim;

import io.aquifer.wal.layout.BlockHeader;
import io.aquifer.wal.layout.RecordHeader;
import io.aquifer.wal.recovery.RecordVisitor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A record that a scan found: position of its block, header, payload. */
record Scanned(long position, RecordHeader header, ByteBuffer payload) {

    void checkIs(Op op) {
        boolean same = position == op.position
                && header.equals(op.written())
                && (op.abandoned || payload.equals(ByteBuffer.wrap(op.payload)));
        if (!same) {
            throw new AssertionError("found " + this + ", where there was appended " + op);
        }
    }

    /** Collects what a scan finds. */
    static final class Collector implements RecordVisitor {
        final List<Scanned> found = new ArrayList<>();

        @Override
        public void record(BlockHeader block, int offset, RecordHeader record, ByteBuffer payload) {
            byte[] bytes = new byte[payload.remaining()];
            payload.duplicate().get(bytes);
            found.add(new Scanned(block.position(), record, ByteBuffer.wrap(bytes)));
        }
    }
}
