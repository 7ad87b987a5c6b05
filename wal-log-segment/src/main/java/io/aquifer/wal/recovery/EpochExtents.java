package io.aquifer.wal.recovery;

import io.aquifer.wal.layout.BlockHeader;
import io.aquifer.wal.layout.RecordHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Notes during a scan where each epoch's blocks begin and end, for another visitor that sees the records. */
public final class EpochExtents implements RecordVisitor {

    private final RecordVisitor records;
    private final List<EpochExtent> extents = new ArrayList<>();

    public EpochExtents(RecordVisitor records) {
        this.records = records;
    }

    @Override
    public void block(BlockHeader block) throws IOException {
        long end = block.position() + block.length();
        int last = extents.size() - 1;
        if (last >= 0 && extents.get(last).epoch() == block.epoch()) {
            extents.set(last, new EpochExtent(block.epoch(), extents.get(last).start(), end));
        } else {
            extents.add(new EpochExtent(block.epoch(), block.position(), end));
        }
        records.block(block);
    }

    @Override
    public void record(BlockHeader block, int offset, RecordHeader record, ByteBuffer payload) throws IOException {
        records.record(block, offset, record, payload);
    }

    /** One for each epoch, the oldest first, without a gap. */
    public List<EpochExtent> extents() {
        return List.copyOf(extents);
    }
}
