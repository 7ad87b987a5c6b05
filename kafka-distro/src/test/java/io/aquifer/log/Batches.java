package io.aquifer.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.jspecify.annotations.Nullable;

/** Makes record batches, and reads them back. */
final class Batches {

    private Batches() {}

    /** One batch, as a client sends it. */
    static MemoryRecords of(String... values) {
        return MemoryRecords.withRecords(Compression.NONE, records(values));
    }

    /** One batch of one record with a key; a tombstone if the value is null. */
    static MemoryRecords keyed(String key, @Nullable String value) {
        return MemoryRecords.withRecords(Compression.NONE, keyedRecord(key, value));
    }

    private static SimpleRecord keyedRecord(String key, @Nullable String value) {
        return new SimpleRecord(
                System.currentTimeMillis(),
                key.getBytes(StandardCharsets.UTF_8),
                value == null ? null : value.getBytes(StandardCharsets.UTF_8));
    }

    /** One batch of one record with a value of so many bytes. */
    static MemoryRecords ofSize(int bytes) {
        return MemoryRecords.withRecords(
                Compression.NONE, new SimpleRecord(System.currentTimeMillis(), null, new byte[bytes]));
    }

    /** One batch of an idempotent producer. */
    static MemoryRecords idempotent(long producerId, int sequence, String... values) {
        return MemoryRecords.withIdempotentRecords(Compression.NONE, producerId, (short) 0, sequence, records(values));
    }

    /** One batch of a transaction. */
    static MemoryRecords transactional(long producerId, int sequence, String... values) {
        return MemoryRecords.withTransactionalRecords(
                Compression.NONE, producerId, (short) 0, sequence, records(values));
    }

    /** One batch of a transaction, of one record with a key; a tombstone if the value is null. */
    static MemoryRecords transactionalKeyed(long producerId, int sequence, String key, @Nullable String value) {
        return MemoryRecords.withTransactionalRecords(
                Compression.NONE, producerId, (short) 0, sequence, keyedRecord(key, value));
    }

    /** Ends a producer's transaction, as its coordinator does. */
    static void endTransaction(UnifiedLog log, int leaderEpoch, long producerId, ControlRecordType how) {
        log.appendAsLeader(
                marker(producerId, new EndTransactionMarker(how, 0)),
                leaderEpoch,
                AppendOrigin.COORDINATOR,
                RequestLocal.noCaching(),
                VerificationGuard.SENTINEL,
                (short) 1);
    }

    static MemoryRecords marker(long producerId, EndTransactionMarker marker) {
        return MemoryRecords.withEndTransactionMarker(producerId, (short) 0, marker);
    }

    /** One batch as a leader has it: with its offset and leader epoch. */
    static MemoryRecords at(long offset, int leaderEpoch, String... values) {
        return MemoryRecords.withRecords(
                RecordBatch.CURRENT_MAGIC_VALUE,
                offset,
                Compression.NONE,
                TimestampType.CREATE_TIME,
                RecordBatch.NO_PRODUCER_ID,
                RecordBatch.NO_PRODUCER_EPOCH,
                RecordBatch.NO_SEQUENCE,
                leaderEpoch,
                false,
                records(values));
    }

    /** Several batches one behind the other, as a follower fetches them. */
    static MemoryRecords together(MemoryRecords... batches) {
        ByteBuffer all = ByteBuffer.allocate(
                Arrays.stream(batches).mapToInt(MemoryRecords::sizeInBytes).sum());
        Arrays.stream(batches).forEach(batch -> all.put(batch.buffer()));
        return MemoryRecords.readableRecords(all.flip());
    }

    private static SimpleRecord[] records(String... values) {
        return Arrays.stream(values)
                .map(value ->
                        new SimpleRecord(System.currentTimeMillis(), null, value.getBytes(StandardCharsets.UTF_8)))
                .toArray(SimpleRecord[]::new);
    }

    /** All of a log's local records, as "offset:value". */
    static List<String> values(UnifiedLog log) {
        List<String> values = new ArrayList<>();
        for (LogSegment segment : log.logSegments()) {
            for (Record record : segment.log().records()) {
                values.add(record.offset() + ":" + text(record.value()));
            }
        }
        return values;
    }

    private static String text(ByteBuffer value) {
        return value == null
                ? ""
                : StandardCharsets.UTF_8.decode(value.duplicate()).toString();
    }

    /** All bytes of a log's local segments, from its first to its last. */
    static byte[] bytes(UnifiedLog log) {
        try {
            List<byte[]> parts = new ArrayList<>();
            for (LogSegment segment : log.logSegments()) {
                FileRecords file = segment.log();
                ByteBuffer part = ByteBuffer.allocate(file.sizeInBytes());
                file.readInto(part, 0);
                parts.add(part.array());
            }
            ByteBuffer all = ByteBuffer.allocate(
                    parts.stream().mapToInt(part -> part.length).sum());
            parts.forEach(all::put);
            return all.array();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
