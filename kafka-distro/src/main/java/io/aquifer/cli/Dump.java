package io.aquifer.cli;

import io.aquifer.cli.DumpLine.BlockLine;
import io.aquifer.cli.DumpLine.EndLine;
import io.aquifer.cli.DumpLine.RecordLine;
import io.aquifer.wal.layout.BlockHeader;
import io.aquifer.wal.layout.CheckpointPayload;
import io.aquifer.wal.layout.RecordHeader;
import io.aquifer.wal.layout.RecordKind;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.recovery.RecordVisitor;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Lists the blocks and records of a WAL one by one, keeping none of them. */
final class Dump implements RecordVisitor {

    private final WalOnDevice wal;
    private final Superblock superblock;
    private final DumpFilter filter;
    private final Sink sink;
    private @Nullable BlockLine pending;
    private long blocks;
    private long records;

    /** Takes the lines. */
    @FunctionalInterface
    interface Sink {
        void accept(DumpLine line) throws IOException;
    }

    private Dump(WalOnDevice wal, Superblock superblock, DumpFilter filter, Sink sink) {
        this.wal = wal;
        this.superblock = superblock;
        this.filter = filter;
        this.sink = sink;
    }

    /**
     * Gives {@code sink} the lines for what {@code filter} wants, and the end.
     *
     * @throws IOException from the sink too
     */
    static EndLine run(WalOnDevice wal, DumpFilter filter, Sink sink) throws IOException {
        Superblock superblock = wal.superblock();
        Dump dump = new Dump(wal, superblock, filter, sink);
        EndLine end;
        try {
            end = dump.end(wal.verify(superblock, dump));
        } catch (LimitReachedException e) {
            end = new EndLine(e.position, dump.blocks, dump.records, false, false, "the limit, more may follow");
        }
        sink.accept(end);
        return end;
    }

    private EndLine end(Verified found) throws IOException {
        if (found.overtaken()) {
            return new EndLine(
                    found.end(), blocks, records, false, false, "the WAL's owner was faster than the reading");
        }
        BlockHeader beyond = wal.unverifiedBlock(superblock, found.end());
        if (beyond != null && beyond.position() >= filter.from() && filter.wantsAnyLog() && blocks < filter.limit()) {
            sink.accept(line(beyond, false));
        }
        return new EndLine(found.end(), blocks, records, !found.damaged(), found.damaged(), found.reason());
    }

    @Override
    public void block(BlockHeader block) throws IOException {
        pending = block.position() < filter.from() ? null : line(block, true);
        if (pending != null && filter.wantsAnyLog()) {
            list(pending);
        }
    }

    @Override
    public void record(BlockHeader block, int offset, RecordHeader record, ByteBuffer payload) throws IOException {
        if (block.position() < filter.from() || !filter.wants(record.log())) {
            return;
        }
        if (pending != null) {
            list(pending);
        }
        if (!filter.blocksOnly()) {
            sink.accept(line(block, offset, record, payload));
            records++;
        }
    }

    private void list(BlockLine block) throws IOException {
        if (blocks == filter.limit()) {
            throw new LimitReachedException(block.position());
        }
        sink.accept(block);
        blocks++;
        pending = null;
    }

    private BlockLine line(BlockHeader block, boolean verified) {
        return new BlockLine(
                block.position(),
                superblock.deviceOffset(block.position()),
                block.length(),
                block.epoch(),
                block.recordCount(),
                block.type() == BlockHeader.Type.PADDING,
                verified);
    }

    private static RecordLine line(BlockHeader block, int offset, RecordHeader record, ByteBuffer payload) {
        boolean checkpoint = record.kind() == RecordKind.CHECKPOINT;
        return new RecordLine(
                block.position(),
                offset,
                record.kind().name(),
                TopicId.inKafkasForm(record.log().topicId()),
                checkpoint ? CheckpointPayload.of(payload).topic() : null,
                record.log().partition(),
                TopicId.incarnation(record.log()),
                record.leaderEpoch() < 0 ? null : record.leaderEpoch(),
                record.baseOffset(),
                checkpoint || record.kind() == RecordKind.DATA ? record.lastOffset() : null,
                record.maxTimestamp() < 0 ? null : record.maxTimestamp(),
                record.payloadLength());
    }

    /** Ends a scan, which only its visitor can. */
    private static final class LimitReachedException extends IOException {
        private static final long serialVersionUID = 1L;

        private final long position;

        LimitReachedException(long position) {
            super("the limit was reached at " + position);
            this.position = position;
        }
    }
}
