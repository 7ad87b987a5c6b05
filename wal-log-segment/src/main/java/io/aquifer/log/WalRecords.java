package io.aquifer.log;

import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.RecordHeader;
import io.aquifer.wal.layout.RecordKind;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;

/** The headers of the records that logs write to the WAL. */
final class WalRecords {

    private WalRecords() {}

    /** A record of batches, of which there is one at least. */
    static RecordHeader data(LogId log, MemoryRecords records) {
        int leaderEpoch = RecordBatch.NO_PARTITION_LEADER_EPOCH;
        long baseOffset = -1;
        long lastOffset = -1;
        long maxTimestamp = RecordBatch.NO_TIMESTAMP;
        for (RecordBatch batch : records.batches()) {
            if (baseOffset < 0) {
                baseOffset = batch.baseOffset();
                leaderEpoch = batch.partitionLeaderEpoch();
            }
            lastOffset = batch.lastOffset();
            maxTimestamp = Math.max(maxTimestamp, batch.maxTimestamp());
        }
        return new RecordHeader(
                RecordKind.DATA, log, leaderEpoch, baseOffset, lastOffset, maxTimestamp, records.sizeInBytes());
    }

    /** A record that says something of one offset of the log. */
    static RecordHeader control(RecordKind kind, LogId log, long offset) {
        return new RecordHeader(
                kind, log, RecordBatch.NO_PARTITION_LEADER_EPOCH, offset, -1, RecordBatch.NO_TIMESTAMP, 0);
    }

    /** A record that says where the log starts and ends. */
    static RecordHeader checkpoint(LogId log, long logStartOffset, long endOffset, int payloadLength) {
        return new RecordHeader(
                RecordKind.CHECKPOINT,
                log,
                RecordBatch.NO_PARTITION_LEADER_EPOCH,
                logStartOffset,
                endOffset - 1,
                RecordBatch.NO_TIMESTAMP,
                payloadLength);
    }
}
