package io.aquifer.rebuild;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.record.internal.FileLogInputStream.FileChannelRecordBatch;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.Records;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.storage.internals.log.LogFileUtils;
import org.jspecify.annotations.Nullable;

/**
 * Where the local files of a log end, found without loading it: behind the last batch of the last segment. The segment's offset
 * index says from where to look, where a batch is there, and every batch from there on is held to its CRC.
 *
 * <p>Not thread-safe.
 */
final class LocalEnd {

    private static final Pattern SEGMENT = Pattern.compile("(\\d{20})\\.log(\\.swap)?");
    private static final int INDEX_ENTRY = 2 * Integer.BYTES;
    private static final int WINDOW_BYTES = 64 << 10;

    private final File file;
    private final long base;
    private final FileRecords records;
    /** Behind the last whole batch. */
    private int position;

    private long end;

    private LocalEnd(File file, long base, FileRecords records) {
        this.file = file;
        this.base = base;
        this.records = records;
        this.end = base;
    }

    /**
     * Where the files of a log end, if that is below {@code offset}; 0 where there is no segment.
     *
     * @throws IOException if the files can't be read, or there may be more in them than can be read
     */
    static OptionalLong below(File dir, long offset) throws IOException {
        long last = -1;
        boolean replaced = false;
        for (Matcher segment : segments(dir)) {
            long base = Long.parseLong(segment.group(1));
            boolean swap = segment.group(2) != null;
            replaced = base > last ? swap : replaced || (swap && base == last);
            last = Math.max(last, base);
        }
        if (last >= offset) {
            return OptionalLong.empty();
        }
        if (last < 0) {
            return OptionalLong.of(0);
        }
        File file = LogFileUtils.logFile(dir, last);
        if (replaced) {
            throw new IOException(file + " was being replaced");
        }
        try (FileRecords records = FileRecords.open(file, false)) {
            return new LocalEnd(file, last, records).below(offset);
        } catch (KafkaException e) {
            throw new IOException(file + " can't be read: " + e.getMessage(), e);
        }
    }

    /** Whether a segment of the log holds anything. */
    static boolean hasRecords(File dir) throws IOException {
        return segments(dir).stream().anyMatch(segment -> new File(dir, segment.group()).length() > 0);
    }

    private static List<Matcher> segments(File dir) throws IOException {
        String[] names = dir.list();
        if (names == null) {
            throw new IOException(dir + " can't be listed");
        }
        List<Matcher> segments = new ArrayList<>();
        for (String name : names) {
            Matcher segment = SEGMENT.matcher(name);
            if (segment.matches()) {
                segments.add(segment);
            }
        }
        return segments;
    }

    private OptionalLong below(long offset) throws IOException {
        position = lastIndexed();
        CorruptRecordException stop = passBatches();
        if (end >= offset) {
            return OptionalLong.empty();
        }
        if (!isTorn()) {
            throw new IOException(file + " is damaged at byte " + position + ", behind offset " + (end - 1), stop);
        }
        return OptionalLong.of(end);
    }

    /** Passes the whole batches; answers what is wrong with the next one, or null. */
    private @Nullable CorruptRecordException passBatches() {
        try {
            for (FileChannelRecordBatch batch : records.batchesFrom(position)) {
                batch.ensureValid();
                if (batch.baseOffset() < end) {
                    return new CorruptRecordException("it goes back to offset " + batch.baseOffset());
                }
                end = batch.nextOffset();
                position += batch.sizeInBytes();
            }
            return null;
        } catch (CorruptRecordException e) {
            return e;
        }
    }

    /**
     * Whether the rest is what a crash leaves of a batch that was being written: its beginning, zeros in place of some of it, or
     * nothing, and behind it nothing but zeros.
     */
    private boolean isTorn() throws IOException {
        int size = records.sizeInBytes();
        if (size - position < Records.LOG_OVERHEAD) {
            return true;
        }
        ByteBuffer header = ByteBuffer.allocate(Records.LOG_OVERHEAD);
        records.readInto(header, position);
        int length = header.getInt(Records.SIZE_OFFSET);
        return length >= 0 && isZero(position + (long) Records.LOG_OVERHEAD + length, size);
    }

    private boolean isZero(long from, int to) throws IOException {
        ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES);
        for (long next = from; next < to; next += WINDOW_BYTES) {
            window.clear().limit((int) Math.min(WINDOW_BYTES, to - next));
            records.readInto(window, (int) next);
            while (window.hasRemaining()) {
                if (window.get() != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The position of the batch that the last entry of the offset index names; 0 if there is none, or no such batch. */
    private int lastIndexed() throws IOException {
        File index = LogFileUtils.offsetIndexFile(file.getParentFile(), base);
        if (!index.exists()) {
            return 0;
        }
        ByteBuffer entry;
        try (FileChannel channel = FileChannel.open(index.toPath(), StandardOpenOption.READ)) {
            entry = lastEntry(channel);
        }
        int relativeOffset = entry.getInt();
        int indexed = entry.getInt();
        return indexed > 0 && indexed < records.sizeInBytes() && isBatch(indexed, base + relativeOffset) ? indexed : 0;
    }

    /** Entries ascend, and behind the last one there may be zeros. */
    private static ByteBuffer lastEntry(FileChannel index) throws IOException {
        long low = 0;
        long high = index.size() / INDEX_ENTRY;
        ByteBuffer last = ByteBuffer.allocate(INDEX_ENTRY);
        while (low < high) {
            long middle = (low + high) >>> 1;
            ByteBuffer entry = ByteBuffer.allocate(INDEX_ENTRY);
            Utils.readFullyOrFail(index, entry, middle * INDEX_ENTRY, "index entry");
            entry.flip();
            if (entry.getInt(Integer.BYTES) > 0) {
                last = entry;
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return last;
    }

    /** Whether a batch of offsets from the segment's first to {@code offset} lies there. */
    private boolean isBatch(int at, long offset) {
        try {
            Iterator<FileChannelRecordBatch> batches = records.batchesFrom(at).iterator();
            if (!batches.hasNext()) {
                return false;
            }
            FileChannelRecordBatch batch = batches.next();
            batch.ensureValid();
            return batch.baseOffset() >= base && batch.baseOffset() <= offset;
        } catch (CorruptRecordException e) {
            return false;
        }
    }
}
