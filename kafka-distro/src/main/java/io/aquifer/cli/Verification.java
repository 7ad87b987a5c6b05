package io.aquifer.cli;

import io.aquifer.wal.Wal;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.layout.BlockHeader;
import io.aquifer.wal.layout.CorruptWalException;
import io.aquifer.wal.layout.RecordHeader;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.recovery.RecordVisitor;
import java.io.IOException;
import java.nio.ByteBuffer;

/** One reading of a WAL, to which its owner may be writing: what looks like damage may be newer than what was read before. */
final class Verification implements RecordVisitor {

    private final RecordVisitor visitor;
    private long end;
    private long blocks;
    private long records;

    private Verification(RecordVisitor visitor, Superblock superblock) {
        this.visitor = visitor;
        this.end = superblock.trimPosition();
    }

    /** A source of the superblock as it is at the moment. */
    @FunctionalInterface
    interface Current {
        Superblock superblock() throws IOException;
    }

    /** Reads from the trim position of {@code superblock} on. */
    static Verified run(BlockDevice device, Superblock superblock, Current current, RecordVisitor visitor)
            throws IOException {
        Verification read = new Verification(visitor, superblock);
        try {
            String reason = Wal.scan(device, superblock, read).stopReason();
            return read.verified(reason, false, current.superblock().trimPosition() > read.end);
        } catch (CorruptWalException e) {
            boolean overtaken = read.continuesNow(device, current.superblock());
            return read.verified(String.valueOf(e.getMessage()), !overtaken, overtaken);
        }
    }

    private Verified verified(String reason, boolean damaged, boolean overtaken) {
        return new Verified(end, blocks, records, reason, damaged, overtaken);
    }

    /** Whether what didn't verify at the end was written, or trimmed, since. */
    private boolean continuesNow(BlockDevice device, Superblock now) throws IOException {
        if (now.trimPosition() > end) {
            return true;
        }
        Superblock fromEnd = now.trimmed(end, false);
        Verification again = new Verification((block, offset, record, payload) -> {}, fromEnd);
        try {
            Wal.scan(device, fromEnd, again);
        } catch (CorruptWalException e) {
            return again.end > end;
        }
        return true;
    }

    @Override
    public void block(BlockHeader block) throws IOException {
        visitor.block(block);
        end = block.position() + block.length();
        blocks += block.type() == BlockHeader.Type.DATA ? 1 : 0;
    }

    @Override
    public void record(BlockHeader block, int offset, RecordHeader record, ByteBuffer payload) throws IOException {
        visitor.record(block, offset, record, payload);
        records++;
    }
}
