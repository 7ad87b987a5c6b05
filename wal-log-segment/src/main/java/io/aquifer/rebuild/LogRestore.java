package io.aquifer.rebuild;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.SegmentIndex;
import io.aquifer.format.SegmentName;
import io.aquifer.format.SegmentOpener;
import io.aquifer.format.SegmentPart;
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
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.storage.internals.log.LogFileUtils;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/**
 * Restores one lost log that Kafka doesn't tier, all of it: the segments that its newest snapshot names, and behind them a local
 * segment of what WAL objects have.
 */
final class LogRestore {

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final LogRebuild rebuild;
    private final SegmentOpener opener;

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
     * @param data told what is to be read into the segment at the end
     * @param downloads told what is to be read into those before; until both was done they are empty
     * @throws MissingOffsetsException if something of the log is nowhere
     */
    Staged stage(
            RecoveredLog recovered,
            StoredLog stored,
            long storedEnd,
            TopicPartition partition,
            File logDir,
            SegmentData data,
            SegmentDownloads downloads)
            throws IOException, MissingOffsetsException {
        LogId log = recovered.id();
        MirroredLog mirrored = MirroredLog.read(store, keys, log.topicId(), log.partition());
        RebuildPlan tail = tail(recovered, stored, storedEnd, mirrored);
        File staged = new File(logDir, UnifiedLog.logDeleteDirName(partition));
        Files.createDirectory(staged.toPath());
        try {
            List<SnapshotSegment> kept = mirrored.segments().stream()
                    .filter(segment -> segment.info().name().baseOffset() < tail.base())
                    .toList();
            List<Opened> segments = new ArrayList<>();
            for (SnapshotSegment segment : kept) {
                segments.add(open(segment));
            }
            ProducerReplay producers = new ProducerReplay(partition, staged);
            LeaderEpochs epochs = new LeaderEpochs();
            boolean isCut = tail.base() < mirrored.end().orElse(0);
            if (!segments.isEmpty()) {
                Opened last = segments.get(segments.size() - 1);
                if (!isCut) {
                    producers.load(last.part(SegmentPart.PRODUCER_SNAPSHOT));
                }
                epochs = LeaderEpochs.of(last.part(SegmentPart.LEADER_EPOCHS)).upTo(tail.base());
            }
            write(staged, segments, tail, partition, log, downloads);
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
        long from = mirrored.continuedFrom(batches, Math.max(0, recovered.logStartOffset()));
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

    /** A segment's index, and its other parts but the data, one behind the other. */
    private record Opened(SegmentIndex index, ByteBuffer parts) {

        private long end() {
            return index.info().name().endOffset() + 1;
        }

        private ByteBuffer part(SegmentPart part) {
            return parts.slice(
                    Math.toIntExact(index.offset(part) - index.offset(SegmentPart.OFFSET_INDEX)),
                    Math.toIntExact(index.length(part)));
        }
    }

    private Opened open(SnapshotSegment segment) throws IOException {
        SegmentName name = segment.info().name();
        SegmentIndex index = StoreWait.untilDone(opener.open(name, segment.location()));
        long from = index.offset(SegmentPart.OFFSET_INDEX);
        long to = index.offset(SegmentPart.LEADER_EPOCHS) + index.length(SegmentPart.LEADER_EPOCHS);
        ByteBuffer parts = ByteBuffer.allocate(Math.toIntExact(to - from));
        StoreWait.untilDone(store.get(keys.segment(name), from, parts.duplicate()));
        Opened opened = new Opened(index, parts);
        for (SegmentPart part : SegmentPart.values()) {
            if (part != SegmentPart.DATA && index.has(part)) {
                index.verify(part, 0, opened.part(part), "'" + keys.segment(name) + "' in " + store.name());
            }
        }
        return opened;
    }

    private void write(
            File dir,
            List<Opened> segments,
            RebuildPlan tail,
            TopicPartition partition,
            LogId log,
            SegmentDownloads downloads)
            throws IOException {
        for (Opened segment : segments) {
            long base = segment.index().info().name().baseOffset();
            File file = LogFileUtils.logFile(dir, base);
            Files.createFile(file.toPath());
            downloads.want(log, segment.index(), file, tail.base());
            if (segment.end() <= tail.base()) {
                // Of one that is cut, Kafka makes them anew.
                LogRebuild.write(LogFileUtils.offsetIndexFile(dir, base), segment.part(SegmentPart.OFFSET_INDEX));
                LogRebuild.write(LogFileUtils.timeIndexFile(dir, base), segment.part(SegmentPart.TIME_INDEX));
                if (segment.index().has(SegmentPart.TRANSACTION_INDEX)) {
                    LogRebuild.write(
                            LogFileUtils.transactionIndexFile(dir, base), segment.part(SegmentPart.TRANSACTION_INDEX));
                }
            }
        }
        int replayed = firstReplayed(segments, tail);
        long offset = replayed == segments.size()
                ? tail.base()
                : segments.get(replayed).index().info().name().baseOffset();
        ByteBuffer producers = replayed == 0
                ? new ProducerReplay(partition, dir).snapshot()
                : segments.get(replayed - 1).part(SegmentPart.PRODUCER_SNAPSHOT);
        LogRebuild.write(LogFileUtils.producerSnapshotFile(dir, offset), producers);
    }

    /**
     * From which segment on Kafka is to read the log when it loads it, since a snapshot has only the last batch of each
     * producer, and one that wrote recently may send again the last five.
     */
    private static int firstReplayed(List<Opened> segments, RebuildPlan tail) {
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
