package io.aquifer.wal.recovery;

import io.aquifer.wal.layout.BlockHeader;
import io.aquifer.wal.layout.RecordHeader;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Sees the verified blocks and records of a WAL in order. */
public interface RecordVisitor {

    /** A block that verified; its records follow. */
    default void block(BlockHeader block) throws IOException {}

    /**
     * A record.
     *
     * @param offset of the record in its block, in bytes
     * @param payload valid during this call only
     */
    void record(BlockHeader block, int offset, RecordHeader record, ByteBuffer payload) throws IOException;
}
