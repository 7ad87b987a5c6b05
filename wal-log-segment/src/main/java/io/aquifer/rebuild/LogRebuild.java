package io.aquifer.rebuild;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.CompositePieces;
import io.aquifer.format.Composites;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.StoreWait;
import io.aquifer.wal.layout.LogId;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.storage.internals.checkpoint.LeaderEpochCheckpointFile;
import org.apache.kafka.storage.internals.checkpoint.PartitionMetadataFile;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogFileUtils;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/**
 * Rebuilds one lost log: publishes what no segment holds yet as composite segments, then makes the directory.
 *
 * <p>The directory is made under a name that Kafka deletes when it finds it, and gets its own when all of it is there. So one
 * that was begun and not finished is never taken for the log.
 */
final class LogRebuild {

    private static final int READ_BYTES = 8 << 20;

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final Composites composites;
    private final int brokerId;
    private final int segmentBytes;

    /** @param segmentBytes how long a segment gets, in bytes */
    LogRebuild(ObjectStore store, ClusterKeys keys, int brokerId, int segmentBytes) {
        this.store = store;
        this.keys = keys;
        this.composites = new Composites(store, keys);
        this.brokerId = brokerId;
        this.segmentBytes = segmentBytes;
    }

    /** What was rebuilt: where, from where on locally, up to where, and how many composite segments were made. */
    record Rebuilt(File dir, long localStart, long end, int composites) {}

    /** Makes the directory of {@code partition} in {@code logDir}, which has none. */
    Rebuilt run(RebuildPlan plan, TieredLog tiered, LogId log, TopicPartition partition, File logDir)
            throws IOException {
        File staged = new File(logDir, UnifiedLog.logDeleteDirName(partition));
        Files.createDirectory(staged.toPath());
        try {
            ProducerReplay whole = new ProducerReplay(partition, staged);
            ProducerReplay producers = new ProducerReplay(partition, staged);
            LeaderEpochs epochs = new LeaderEpochs();
            if (plan.fromSegment()) {
                TieredLog.State state = tiered.stateAt(plan.base());
                whole.load(state.producers());
                producers.load(state.producers());
                epochs = state.epochs();
            }
            long localStart = plan.localStart(whole);
            int made = publish(plan, localStart, producers, epochs, log);
            write(staged, plan, localStart, producers, epochs, log);
            File dir = new File(logDir, partition.toString());
            Utils.flushDir(staged.toPath());
            Utils.atomicMoveWithFallback(staged.toPath(), dir.toPath());
            IncarnationFile.write(dir, log.incarnation());
            return new Rebuilt(dir, localStart, plan.end(), made);
        } catch (IOException | RuntimeException e) {
            Utils.delete(staged);
            throw e;
        }
    }

    /** Brings producers and epochs from the plan's base to {@code localStart}; answers how many composites it made. */
    private int publish(RebuildPlan plan, long localStart, ProducerReplay producers, LeaderEpochs epochs, LogId log)
            throws IOException {
        CompositePublication publication = new CompositePublication(store, keys);
        CompositeBuilder builder = new CompositeBuilder(plan.tieredEnd());
        for (StoredBatch batch : plan.between(plan.base(), localStart)) {
            boolean wanted = batch.baseOffset() >= plan.tieredEnd();
            if (wanted && !builder.takes(batch.header(), segmentBytes)) {
                create(publication, builder, producers, epochs, log);
                builder = new CompositeBuilder(batch.baseOffset());
            }
            epochs.append(batch.header().leaderEpoch(), batch.baseOffset());
            if (wanted) {
                builder.add(batch);
                producers.append(batch.header()).ifPresent(builder::aborted);
            } else {
                producers.append(batch.header());
            }
        }
        if (!builder.isEmpty()) {
            create(publication, builder, producers, epochs, log);
        }
        publication.confirm();
        return publication.size();
    }

    private void create(
            CompositePublication publication,
            CompositeBuilder builder,
            ProducerReplay producers,
            LeaderEpochs epochs,
            LogId log)
            throws IOException {
        builder.create(publication, log, brokerId, producers.snapshot(), epochs, System.currentTimeMillis());
    }

    private void write(
            File dir, RebuildPlan plan, long localStart, ProducerReplay producers, LeaderEpochs epochs, LogId log)
            throws IOException {
        writeDurably(LogFileUtils.producerSnapshotFile(dir, localStart), producers.snapshot());
        List<StoredBatch> segment = new ArrayList<>();
        SegmentIndexing indexing = new SegmentIndexing(localStart);
        for (StoredBatch batch : plan.between(localStart, plan.end())) {
            if (!segment.isEmpty() && indexing.length() + batch.header().length() > segmentBytes) {
                writeSegment(dir, segment, indexing);
                segment.clear();
                indexing = new SegmentIndexing(batch.baseOffset());
                writeDurably(LogFileUtils.producerSnapshotFile(dir, batch.baseOffset()), producers.snapshot());
            }
            segment.add(batch);
            indexing.add(batch.header());
            producers.append(batch.header()).ifPresent(indexing::aborted);
            epochs.append(batch.header().leaderEpoch(), batch.baseOffset());
        }
        writeSegment(dir, segment, indexing);
        writeDurably(LeaderEpochCheckpointFile.newFile(dir), epochs.text());
        PartitionMetadataFile metadata =
                new PartitionMetadataFile(PartitionMetadataFile.newFile(dir), new LogDirFailureChannel(1));
        metadata.record(KafkaIds.toKafka(log.topicId()));
        metadata.maybeFlush();
    }

    /** With its indexes: Kafka would make them anew, and forget all but the last batch of each producer on the way. */
    private void writeSegment(File dir, List<StoredBatch> batches, SegmentIndexing indexing) throws IOException {
        CompositePieces data =
                CompositePieces.joined(batches.stream().map(StoredBatch::piece).toList());
        long baseOffset = indexing.baseOffset();
        try (FileChannel file = open(LogFileUtils.logFile(dir, baseOffset))) {
            for (long position = 0; position < data.length(); position += READ_BYTES) {
                ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(READ_BYTES, data.length() - position));
                StoreWait.untilDone(composites.read(data, position, bytes, Runnable::run));
                Utils.writeFully(file, bytes);
            }
            file.force(true);
        }
        writeDurably(LogFileUtils.offsetIndexFile(dir, baseOffset), indexing.offsetIndex());
        writeDurably(LogFileUtils.timeIndexFile(dir, baseOffset), indexing.timeIndex());
        if (indexing.hasAborted()) {
            writeDurably(LogFileUtils.transactionIndexFile(dir, baseOffset), indexing.transactionIndex());
        }
    }

    private static void writeDurably(File target, ByteBuffer contents) throws IOException {
        try (FileChannel file = open(target)) {
            Utils.writeFully(file, contents);
            file.force(true);
        }
    }

    private static FileChannel open(File file) throws IOException {
        return FileChannel.open(file.toPath(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** The segments of the log that the bucket has. */
    TieredLog tiered(LogId log) throws IOException {
        return TieredLog.list(store, keys, log.topicId(), log.partition());
    }
}
