package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.message.FetchResponseData.AbortedTransaction;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.storage.internals.log.Cleaner;
import org.apache.kafka.storage.internals.log.FetchDataInfo;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.LogToClean;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.utils.Throttler;

/** Cleans logs as Kafka's own cleaner does, and says what is in them. */
final class Compaction {

    private static final int READ_BYTES = 1 << 20;

    private Compaction() {}

    /** Cleans all but the active segment. */
    static void clean(UnifiedLog log) throws IOException, GeneralSecurityException {
        clean(log, 0, log.activeSegment().baseOffset());
    }

    /** Cleans up to an offset what was appended behind another one. Answers up to where the log is clean now. */
    static long clean(UnifiedLog log, long firstDirty, long end) throws IOException, GeneralSecurityException {
        Cleaner cleaner = new Cleaner(
                0,
                new SkimpyOffsetMap(1 << 20),
                1 << 16,
                1 << 20,
                0.9,
                new Throttler(Double.MAX_VALUE, Long.MAX_VALUE, "throttler", "entries", Time.SYSTEM),
                Time.SYSTEM,
                partition -> {});
        LogToClean dirty = new LogToClean(log, firstDirty, end, true);
        return dirty.cleanableBytes() == 0 ? firstDirty : cleaner.clean(dirty).getKey();
    }

    /** A record that is there. */
    record Entry(long offset, String key, String value) {}

    /** All records of a log's local files that have keys, tombstones with the value {@code null}. */
    static List<Entry> entries(UnifiedLog log) {
        List<Entry> entries = new ArrayList<>();
        for (LogSegment segment : log.logSegments()) {
            for (RecordBatch batch : segment.log().batches()) {
                if (!batch.isControlBatch()) {
                    addAll(batch, 0, entries);
                }
            }
        }
        return entries;
    }

    private static void addAll(RecordBatch batch, long from, List<Entry> entries) {
        for (Record record : batch) {
            if (record.hasKey() && record.offset() >= from) {
                entries.add(new Entry(record.offset(), text(record.key()), text(record.value())));
            }
        }
    }

    /** The records with keys that a consumer sees which reads what is committed. */
    static List<Entry> committed(UnifiedLog log) throws IOException {
        List<Entry> entries = new ArrayList<>();
        long next = log.logStartOffset();
        FetchDataInfo read = log.read(next, READ_BYTES, FetchIsolation.TXN_COMMITTED, true);
        while (read.records.sizeInBytes() > 0) {
            next = addCommitted(read, next, entries);
            read = log.read(next, READ_BYTES, FetchIsolation.TXN_COMMITTED, true);
        }
        return entries;
    }

    /** As a consumer does: a producer's records are aborted from an aborted transaction's first offset to its marker. */
    private static long addCommitted(FetchDataInfo read, long from, List<Entry> entries) {
        Map<Long, Deque<Long>> abortedFrom = new HashMap<>();
        read.abortedTransactions.orElse(List.of()).stream()
                .sorted(Comparator.comparing(AbortedTransaction::firstOffset))
                .forEach(aborted -> abortedFrom
                        .computeIfAbsent(aborted.producerId(), id -> new ArrayDeque<>())
                        .add(aborted.firstOffset()));
        long next = from;
        for (RecordBatch batch : read.records.batches()) {
            next = batch.nextOffset();
            Deque<Long> aborted = abortedFrom.getOrDefault(batch.producerId(), new ArrayDeque<>());
            boolean isAborted = !aborted.isEmpty() && aborted.peek() <= batch.lastOffset();
            if (isAborted && batch.isControlBatch()) {
                aborted.remove();
            } else if (!batch.isControlBatch() && !(isAborted && batch.isTransactional())) {
                addAll(batch, from, entries);
            }
        }
        return next;
    }

    private static String text(java.nio.ByteBuffer bytes) {
        return bytes == null ? "null" : new String(Utils.toArray(bytes), StandardCharsets.UTF_8);
    }

    /** What a table that is read from the log has. */
    static Map<String, String> table(UnifiedLog log) {
        return table(entries(log));
    }

    /** What a table has that consists of these changes. */
    static Map<String, String> table(List<Entry> entries) {
        Map<String, String> table = new TreeMap<>();
        for (Entry entry : entries) {
            table.put(entry.key(), entry.value());
        }
        assertThat(entries).extracting(Entry::offset).isSorted();
        table.values().removeIf("null"::equals);
        return table;
    }
}
