package io.aquifer.rebuild;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.SegmentIndex;
import io.aquifer.format.SegmentPart;
import io.aquifer.format.SegmentTail;
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
import org.apache.kafka.common.record.internal.FileLogInputStream.FileChannelRecordBatch;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.utils.Utils;

/** The data of segments that are restored as they lie in their objects. */
final class SegmentDownloads {

    /** How much of an object is in memory at once, in bytes, in whole chunks. */
    private static final int WINDOW_BYTES = 8 << 20;

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final Queue<Wanted> wanted = new ConcurrentLinkedQueue<>();
    private final RebuildProgress progress;

    private record Wanted(LogId log, SegmentIndex index, File file, long end) {

        private long length() {
            return index.length(SegmentPart.DATA);
        }
    }

    SegmentDownloads(ObjectStore store, ClusterKeys keys, RebuildProgress progress) {
        this.store = store;
        this.keys = keys;
        this.progress = progress;
    }

    /**
     * Has a segment's data written to a file of a log, which exists: now, if it was read with the segment's index, or when it
     * comes to be read. Any thread may call this.
     *
     * @param end from which offset on nothing of it is wanted
     * @throws IOException if what was read doesn't verify, or can't be written
     */
    void want(LogId log, SegmentTail segment, File file, long end) throws IOException {
        Wanted each = new Wanted(log, segment.segment().parts(), file, end);
        progress.want(each.length());
        if (!segment.has(SegmentPart.DATA)) {
            wanted.add(each);
            return;
        }
        ByteBuffer data = StoreWait.untilDone(segment.read(store, SegmentPart.DATA));
        try (FileChannel channel = FileChannel.open(file.toPath(), StandardOpenOption.WRITE)) {
            Utils.writeFully(channel, data);
        }
        cut(each);
        progress.fetched(each.length());
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
        Map<LogId, ObjectNotFoundException> gone = new ConcurrentHashMap<>();
        List<CompletableFuture<?>> running = new ArrayList<>();
        for (Wanted each : all) {
            running.add(CompletableFuture.runAsync(() -> fetch(each, gone), threads));
        }
        StoreWait.untilDone(CompletableFuture.allOf(running.toArray(CompletableFuture<?>[]::new)));
        return gone;
    }

    private void fetch(Wanted segment, Map<LogId, ObjectNotFoundException> gone) {
        try {
            copy(segment);
            cut(segment);
        } catch (ObjectNotFoundException e) {
            gone.put(segment.log(), e);
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private void copy(Wanted segment) throws IOException {
        SegmentIndex index = segment.index();
        String key = keys.segment(index.info().name());
        int window = Math.max(index.chunkBytes(), WINDOW_BYTES / index.chunkBytes() * index.chunkBytes());
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(window, segment.length()));
        try (FileChannel file = FileChannel.open(segment.file().toPath(), StandardOpenOption.WRITE)) {
            for (long position = 0; position < segment.length(); position += window) {
                bytes.clear().limit((int) Math.min(window, segment.length() - position));
                StoreWait.untilDone(store.get(key, index.offset(SegmentPart.DATA) + position, bytes.duplicate()));
                index.verify(SegmentPart.DATA, position, bytes, "'" + key + "' in " + store.name());
                int length = bytes.remaining();
                Utils.writeFully(file, bytes);
                progress.fetched(length);
            }
        }
    }

    private static void cut(Wanted segment) throws IOException {
        if (segment.end() > segment.index().info().name().endOffset()) {
            return;
        }
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
