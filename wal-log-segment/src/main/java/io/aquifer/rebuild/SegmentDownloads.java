package io.aquifer.rebuild;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.SegmentIndex;
import io.aquifer.format.SegmentPart;
import io.aquifer.object.ObjectNotFoundException;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.StoreWait;
import io.aquifer.wal.layout.LogId;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.record.internal.FileLogInputStream.FileChannelRecordBatch;
import org.apache.kafka.common.record.internal.FileRecords;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The data of segments that are restored as they lie in their objects. */
final class SegmentDownloads {

    private static final Logger LOG = LoggerFactory.getLogger(SegmentDownloads.class);

    /** How much of an object is in memory at once, in bytes, in whole chunks. */
    private static final int WINDOW_BYTES = 8 << 20;

    /** How often it is said how far it is, where that takes a while. */
    private static final int LINES = 10;

    private static final long LONG_BYTES = 64 << 20;

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final Queue<Wanted> wanted = new ConcurrentLinkedQueue<>();
    private final AtomicLong done = new AtomicLong();

    private record Wanted(LogId log, SegmentIndex index, File file, long end) {

        private long length() {
            return index.length(SegmentPart.DATA);
        }
    }

    SegmentDownloads(ObjectStore store, ClusterKeys keys) {
        this.store = store;
        this.keys = keys;
    }

    /**
     * Has a segment's data written to a file of a log, which exists, when it comes to be read. Any thread may call this.
     *
     * @param end from which offset on nothing of it is wanted
     */
    void want(LogId log, SegmentIndex index, File file, long end) {
        wanted.add(new Wanted(log, index, file, end));
    }

    /**
     * Reads and writes what is wanted.
     *
     * @param logs whose files are there
     * @param threads read several objects at once
     * @return logs of which an object is gone
     * @throws IOException if the store, an object or the disk fails
     */
    Map<LogId, ObjectNotFoundException> fetch(Set<LogId> logs, Executor threads) throws IOException {
        List<Wanted> all =
                wanted.stream().filter(each -> logs.contains(each.log())).toList();
        long total = all.stream().mapToLong(Wanted::length).sum();
        Map<LogId, ObjectNotFoundException> gone = new ConcurrentHashMap<>();
        List<CompletableFuture<?>> running = new ArrayList<>();
        for (Wanted each : all) {
            running.add(CompletableFuture.runAsync(() -> fetch(each, gone, total), threads));
        }
        StoreWait.untilDone(CompletableFuture.allOf(running.toArray(CompletableFuture<?>[]::new)));
        return gone;
    }

    private void fetch(Wanted segment, Map<LogId, ObjectNotFoundException> gone, long total) {
        try {
            copy(segment, total);
            if (segment.end() <= segment.index().info().name().endOffset()) {
                cut(segment);
            }
        } catch (ObjectNotFoundException e) {
            gone.put(segment.log(), e);
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private void copy(Wanted segment, long total) throws IOException {
        SegmentIndex index = segment.index();
        String key = keys.segment(index.info().name());
        int window = Math.max(index.chunkBytes(), WINDOW_BYTES / index.chunkBytes() * index.chunkBytes());
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(window, segment.length()));
        try (FileChannel file = FileChannel.open(segment.file().toPath(), StandardOpenOption.WRITE)) {
            for (long position = 0; position < segment.length(); position += window) {
                bytes.clear().limit((int) Math.min(window, segment.length() - position));
                StoreWait.untilDone(store.get(key, index.offset(SegmentPart.DATA) + position, bytes.duplicate()));
                index.verify(SegmentPart.DATA, position, bytes, "'" + key + "' in " + store.name());
                long at = position;
                while (bytes.hasRemaining()) {
                    at += file.write(bytes, at);
                }
                report(at - position, total);
            }
        }
    }

    private void report(long bytes, long total) {
        long now = done.addAndGet(bytes);
        if (total >= LONG_BYTES && now * LINES / total != (now - bytes) * LINES / total) {
            LOG.info("Restored {} of {} MiB of segments", now >> 20, total >> 20);
        }
    }

    private static void cut(Wanted segment) throws IOException {
        try (FileRecords records = FileRecords.open(segment.file())) {
            for (FileChannelRecordBatch batch : records.batches()) {
                if (batch.lastOffset() >= segment.end()) {
                    records.truncateTo(batch.position());
                    return;
                }
            }
        }
    }
}
