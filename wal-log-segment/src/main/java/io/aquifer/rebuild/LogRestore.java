package io.aquifer.rebuild;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.SegmentIndex;
import io.aquifer.format.SegmentLocation;
import io.aquifer.format.SegmentName;
import io.aquifer.format.SegmentOpener;
import io.aquifer.format.SegmentPart;
import io.aquifer.format.SegmentTail;
import io.aquifer.format.SnapshotSegment;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.StoreWait;
import io.aquifer.rebuild.LogRebuild.Staged;
import io.aquifer.rebuild.RebuildPlan.MissingOffsetsException;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.recovery.RecoveredLog;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.storage.internals.log.LogFileUtils;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/**
 * Restores one lost log that Kafka doesn't tier, all of it: the segments that its newest snapshot names, and behind them a local
 * segment of what WAL objects have.
 */
final class LogRestore {

    /** Segments of a log that are opened at once. */
    private static final int READ_AHEAD = 4;

    /** How much of a segment's object is read at once, in bytes. */
    private static final int MAX_TAIL_BYTES = 1 << 20;

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final LogRebuild rebuild;
    private final SegmentOpener opener;

    /** @param rebuild writes what lies behind the segments */
    LogRestore(ObjectStore store, ClusterKeys keys, LogRebuild rebuild) {
        this.store = store;
        this.keys = keys;
        this.rebuild = rebuild;
        this.opener = new SegmentOpener(store, keys);
    }

    /**
     * Makes the directory of {@code partition} in {@code logDir}, which has none.
     *
     * @param stored what WAL objects hold of the log, up to position {@code storedEnd} of the WAL
     * @param listings what the bucket has of partitions
     * @param data told what is to be read into the segment at the end
     * @param downloads told what is to be read into those before; until both was done they are empty
     * @throws MissingOffsetsException if something of the log is nowhere
     */
    Staged stage(
            RecoveredLog recovered,
            StoredLog stored,
            long storedEnd,
            SegmentListings listings,
            TopicPartition partition,
            File logDir,
            SegmentData data,
            SegmentDownloads downloads)
            throws IOException, MissingOffsetsException {
        LogId log = recovered.id();
        MirroredLog mirrored = MirroredLog.read(store, keys, listings, log.topicId(), log.partition())
                .reaching(recovered.logStartOffset());
        RebuildPlan tail = tail(recovered, stored, storedEnd, mirrored);
        File staged = new File(logDir, UnifiedLog.logDeleteDirName(partition));
        Files.createDirectory(staged.toPath());
        try {
            List<SnapshotSegment> kept = mirrored.segments().stream()
                    .filter(segment -> segment.info().name().baseOffset() < tail.base())
                    .toList();
            List<Restored> segments = restore(kept, staged, tail, log, downloads);
            writeSnapshot(staged, segments, tail, partition);
            ProducerReplay producers = new ProducerReplay(partition, staged);
            LeaderEpochs epochs = new LeaderEpochs();
            boolean isCut = tail.base() < mirrored.end().orElse(0);
            if (!segments.isEmpty()) {
                Restored last = segments.get(segments.size() - 1);
                if (!isCut) {
                    producers.load(last.producers());
                }
                epochs = LeaderEpochs.of(last.epochs()).upTo(tail.base());
            }
            rebuild.writeSegments(staged, tail, tail.base(), producers, epochs, log, data, false);
            if (isCut) {
                // The producers at the cut aren't known, and so not which transactions the tail aborts.
                deleteOffsetIndexes(staged);
            }
            long start =
                    kept.isEmpty() ? tail.base() : kept.get(0).info().name().baseOffset();
            return new Staged(
                    log,
                    partition,
                    staged,
                    new File(logDir, partition.toString()),
                    new CompositePublication(store, keys),
                    start,
                    tail.base(),
                    tail.end());
        } catch (IOException | RuntimeException e) {
            Utils.delete(staged);
            throw e;
        }
    }

    /** Kafka makes a segment's indexes anew where this one is missing. */
    private static void deleteOffsetIndexes(File dir) throws IOException {
        try (DirectoryStream<Path> indexes =
                Files.newDirectoryStream(dir.toPath(), "*" + LogFileUtils.INDEX_FILE_SUFFIX)) {
            for (Path index : indexes) {
                Files.delete(index);
            }
        }
    }

    private static RebuildPlan tail(RecoveredLog recovered, StoredLog stored, long storedEnd, MirroredLog mirrored)
            throws MissingOffsetsException {
        long wanted = RebuildPlan.end(recovered, storedEnd);
        List<StoredBatch> batches = RebuildPlan.unbroken(stored.upTo(wanted));
        long from = mirrored.continuedFrom(batches, recovered.extents(), Math.max(0, recovered.logStartOffset()));
        List<StoredBatch> behind = RebuildPlan.from(batches, from);
        long next = behind.isEmpty()
                ? Math.min(wanted, stored.endOffset())
                : behind.get(0).baseOffset();
        if (next > from) {
            throw new MissingOffsetsException(from, next);
        }
        long end = behind.isEmpty() ? from : behind.get(behind.size() - 1).endOffset();
        return new RebuildPlan(from, false, from, end, behind).reaching(recovered);
    }

    /** A segment of which the files are there, if perhaps not its data. */
    private record Restored(SegmentIndex index, ByteBuffer producers, ByteBuffer epochs) {

        private SegmentName name() {
            return index.info().name();
        }

        private long end() {
            return name().endOffset() + 1;
        }
    }

    /** Opens some segments ahead and makes their files, in the order of their offsets. */
    private List<Restored> restore(
            List<SnapshotSegment> segments, File dir, RebuildPlan tail, LogId log, SegmentDownloads downloads)
            throws IOException {
        List<Restored> restored = new ArrayList<>();
        Deque<CompletableFuture<SegmentTail>> opening = new ArrayDeque<>();
        for (SnapshotSegment segment : segments) {
            opening.add(opener.openTail(segment.info().name(), tailBytes(segment)));
            if (opening.size() == READ_AHEAD) {
                restored.add(restore(StoreWait.untilDone(opening.remove()), dir, tail, log, downloads));
            }
        }
        while (!opening.isEmpty()) {
            restored.add(restore(StoreWait.untilDone(opening.remove()), dir, tail, log, downloads));
        }
        return restored;
    }

    /** All of a small object; of another what lies behind its data, as far as that isn't long. */
    private static int tailBytes(SnapshotSegment segment) {
        long object = segment.location()
                .map(SegmentLocation::objectLength)
                .orElse(segment.dataLength() + (long) SegmentOpener.TAIL_BYTES);
        long wanted = object <= MAX_TAIL_BYTES ? object : object - segment.dataLength();
        return (int) Math.max(SegmentOpener.TAIL_BYTES, Math.min(MAX_TAIL_BYTES, wanted));
    }

    private Restored restore(SegmentTail segment, File dir, RebuildPlan tail, LogId log, SegmentDownloads downloads)
            throws IOException {
        SegmentIndex index = segment.segment().parts();
        long base = index.info().name().baseOffset();
        File file = LogFileUtils.logFile(dir, base);
        Files.createFile(file.toPath());
        downloads.want(log, segment, file, tail.base());
        if (index.info().name().endOffset() < tail.base()) {
            // Of one that is cut, Kafka makes them anew.
            LogRebuild.write(LogFileUtils.offsetIndexFile(dir, base), read(segment, SegmentPart.OFFSET_INDEX));
            LogRebuild.write(LogFileUtils.timeIndexFile(dir, base), read(segment, SegmentPart.TIME_INDEX));
            if (index.has(SegmentPart.TRANSACTION_INDEX)) {
                LogRebuild.write(
                        LogFileUtils.transactionIndexFile(dir, base), read(segment, SegmentPart.TRANSACTION_INDEX));
            }
        }
        // Copies, for what they lie in is far longer.
        return new Restored(
                index,
                copyOf(read(segment, SegmentPart.PRODUCER_SNAPSHOT)),
                copyOf(read(segment, SegmentPart.LEADER_EPOCHS)));
    }

    private ByteBuffer read(SegmentTail segment, SegmentPart part) throws IOException {
        return StoreWait.untilDone(segment.read(store, part));
    }

    private static ByteBuffer copyOf(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
    }

    private static void writeSnapshot(File dir, List<Restored> segments, RebuildPlan tail, TopicPartition partition)
            throws IOException {
        int replayed = firstReplayed(segments, tail);
        long offset = replayed == segments.size()
                ? tail.base()
                : segments.get(replayed).name().baseOffset();
        ByteBuffer producers = replayed == 0
                ? new ProducerReplay(partition, dir).snapshot()
                : segments.get(replayed - 1).producers().duplicate();
        LogRebuild.write(LogFileUtils.producerSnapshotFile(dir, offset), producers);
    }

    /**
     * From which segment on Kafka is to read the log when it loads it, since a snapshot has only the last batch of each
     * producer, and one that wrote recently may send again the last five.
     */
    private static int firstReplayed(List<Restored> segments, RebuildPlan tail) {
        long bytes = tail.batches().stream()
                .mapToLong(batch -> batch.header().length())
                .sum();
        int first = segments.size();
        while (first > 0
                && (bytes < RebuildPlan.RECENT_BYTES || segments.get(first - 1).end() > tail.base())) {
            first--;
            bytes += segments.get(first).index().length(SegmentPart.DATA);
        }
        return first;
    }
}
