package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.format.BatchHeader;
import io.aquifer.format.WalEntry;
import io.aquifer.format.WalEntryKind;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.RecordHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;

/** Kafka's own batches say in the index of a WAL object what they say to Kafka. */
class UploadedBatchesTest {

    private static final LogId LOG = new LogId(new UUID(1, 2), 3, 4);

    @Test
    void plain_compressed_idempotent_transactional_and_control_batches_are_indexed_as_kafka_reads_them() {
        SimpleRecord[] records = {
            new SimpleRecord(1_000, new byte[] {1}, new byte[100]),
            new SimpleRecord(3_000, new byte[] {2}, new byte[90])
        };
        MemoryRecords batches = joined(
                MemoryRecords.withRecords(10, Compression.NONE, 4, records),
                MemoryRecords.withRecords(12, Compression.gzip().build(), 4, records),
                MemoryRecords.withIdempotentRecords(
                        RecordBatch.CURRENT_MAGIC_VALUE, 14, Compression.NONE, 70, (short) 2, 30, 5, records),
                MemoryRecords.withTransactionalRecords(
                        RecordBatch.CURRENT_MAGIC_VALUE, 16, Compression.NONE, 71, (short) 3, 0, 5, records),
                MemoryRecords.withEndTransactionMarker(
                        18, 5_000, 6, 71, (short) 3, new EndTransactionMarker(ControlRecordType.ABORT, 8)));
        RecordHeader header = WalRecords.data(LOG, batches);

        WalEntry entry = WalEntry.of(
                WalEntryKind.DATA,
                header.leaderEpoch(),
                header.baseOffset(),
                header.lastOffset(),
                header.maxTimestamp(),
                4096,
                batches.buffer());

        List<BatchHeader> found = entry.batches();
        List<RecordBatch> expected = new ArrayList<>();
        batches.batches().forEach(expected::add);
        assertThat(found).hasSize(5).hasSameSizeAs(expected);
        int position = 4096;
        for (int i = 0; i < found.size(); i++) {
            assertSame(found.get(i), expected.get(i));
            assertThat(found.get(i).position()).isEqualTo(position);
            position += expected.get(i).sizeInBytes();
        }
        MemoryRecords marker = MemoryRecords.readableRecords(found.get(4).bytes());
        assertThat(EndTransactionMarker.deserialize(marker.records().iterator().next())
                        .coordinatorEpoch())
                .isEqualTo(8);
    }

    private static void assertSame(BatchHeader found, RecordBatch expected) {
        assertThat(found.length()).isEqualTo(expected.sizeInBytes());
        assertThat(found.baseOffset()).isEqualTo(expected.baseOffset());
        assertThat(found.lastOffset()).isEqualTo(expected.lastOffset());
        assertThat(found.leaderEpoch()).isEqualTo(expected.partitionLeaderEpoch());
        assertThat(found.maxTimestamp()).isEqualTo(expected.maxTimestamp());
        assertThat(found.producerId()).isEqualTo(expected.producerId());
        assertThat(found.producerEpoch()).isEqualTo(expected.producerEpoch());
        assertThat(found.baseSequence()).isEqualTo(expected.baseSequence());
        assertThat(found.isTransactional()).isEqualTo(expected.isTransactional());
        assertThat(found.isControl()).isEqualTo(expected.isControlBatch());
    }

    private static MemoryRecords joined(MemoryRecords... all) {
        int size = 0;
        for (MemoryRecords records : all) {
            size += records.sizeInBytes();
        }
        ByteBuffer buffer = ByteBuffer.allocate(size);
        for (MemoryRecords records : all) {
            buffer.put(records.buffer());
        }
        return MemoryRecords.readableRecords(buffer.flip());
    }
}
