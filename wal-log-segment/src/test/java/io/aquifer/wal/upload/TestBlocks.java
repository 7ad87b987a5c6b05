package io.aquifer.wal.upload;

import io.aquifer.format.TestBatch;
import io.aquifer.wal.layout.BlockHeader;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.RecordHeader;
import io.aquifer.wal.layout.RecordKind;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/** Blocks of a WAL for tests, as its writer makes them. */
final class TestBlocks {

    static final int BLOCK_SIZE = 512;
    static final UUID WAL_ID = new UUID(5, 6);
    static final long EPOCH = 3;

    private TestBlocks() {}

    /** A record and what it says. */
    record Logged(RecordHeader header, ByteBuffer payload) {}

    static Logged data(LogId log, TestBatch... batches) {
        long maxTimestamp = -1;
        for (TestBatch batch : batches) {
            maxTimestamp = Math.max(maxTimestamp, batch.maxTimestamp());
        }
        long base = batches[0].baseOffset();
        long last = batches[batches.length - 1].lastOffset();
        return logged(RecordKind.DATA, log, base, last, maxTimestamp, TestBatch.bytes(batches));
    }

    static Logged control(RecordKind kind, LogId log, long base, long last, byte[] payload) {
        return logged(kind, log, base, last, -1, ByteBuffer.wrap(payload));
    }

    static Logged logged(RecordKind kind, LogId log, long base, long last, long maxTimestamp, ByteBuffer payload) {
        int leaderEpoch = kind == RecordKind.DATA ? 5 : -1;
        return new Logged(
                new RecordHeader(kind, log, leaderEpoch, base, last, maxTimestamp, payload.remaining()), payload);
    }

    static ByteBuffer block(long position, List<Logged> records) {
        return block(position, EPOCH, WAL_ID, records);
    }

    static ByteBuffer block(long position, long epoch, UUID walId, List<Logged> records) {
        int body = records.stream()
                .mapToInt(record -> record.header().recordLength())
                .sum();
        int length = (BlockHeader.SIZE + body + BLOCK_SIZE - 1) / BLOCK_SIZE * BLOCK_SIZE;
        ByteBuffer block = ByteBuffer.allocate(length);
        int offset = BlockHeader.SIZE;
        for (Logged record : records) {
            record.header().writeTo(block, offset);
            block.put(
                    offset + RecordHeader.SIZE,
                    record.payload(),
                    0,
                    record.payload().limit());
            offset += record.header().recordLength();
        }
        new BlockHeader(BlockHeader.Type.DATA, length, body, records.size(), epoch, position, walId, position)
                .writeTo(block, BLOCK_SIZE);
        return block;
    }

    /** The first block-size bytes of padding. */
    static ByteBuffer padding(long position, int length) {
        ByteBuffer block = ByteBuffer.allocate(BLOCK_SIZE);
        new BlockHeader(BlockHeader.Type.PADDING, length, 0, 0, EPOCH, position, WAL_ID, position)
                .writeTo(block, BLOCK_SIZE);
        return block;
    }
}
