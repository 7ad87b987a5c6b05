package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.storage.internals.log.Cleaner;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.LogToClean;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.utils.Throttler;

/** Cleans logs as Kafka's own cleaner does, and says what is in them. */
final class Compaction {

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
        return cleaner.clean(new LogToClean(log, firstDirty, end, true)).getKey();
    }

    /** A record that is there. */
    record Entry(long offset, String key, String value) {}

    /** All records of a log's local files that have keys, tombstones with the value {@code null}. */
    static List<Entry> entries(UnifiedLog log) {
        List<Entry> entries = new ArrayList<>();
        for (LogSegment segment : log.logSegments()) {
            for (Record record : segment.log().records()) {
                if (record.hasKey()) {
                    entries.add(new Entry(record.offset(), text(record.key()), text(record.value())));
                }
            }
        }
        return entries;
    }

    private static String text(java.nio.ByteBuffer bytes) {
        return bytes == null ? "null" : new String(Utils.toArray(bytes), StandardCharsets.UTF_8);
    }

    /** What a table that is read from the log has. */
    static Map<String, String> table(UnifiedLog log) {
        Map<String, String> table = new TreeMap<>();
        for (Entry entry : entries(log)) {
            table.put(entry.key(), entry.value());
        }
        assertThat(entries(log)).extracting(Entry::offset).isSorted();
        table.values().removeIf("null"::equals);
        return table;
    }
}
