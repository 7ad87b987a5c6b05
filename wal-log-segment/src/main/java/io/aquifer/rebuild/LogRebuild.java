package io.aquifer.rebuild;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.CompositePieces;
import io.aquifer.object.ObjectStore;
import io.aquifer.wal.layout.LogId;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.storage.internals.checkpoint.LeaderEpochCheckpointFile;
import org.apache.kafka.storage.internals.checkpoint.PartitionMetadata;
import org.apache.kafka.storage.internals.checkpoint.PartitionMetadataFile;
import org.apache.kafka.storage.internals.log.LogFileUtils;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/**
 * Rebuilds one lost log: publishes what no segment holds yet as composite segments, then makes the directory.
 *
 * <p>The directory is made under a name that Kafka deletes when it finds it, and gets its own when all of it is there. So one
 * that was begun and not finished is never taken for the log.
 */
final class LogRebuild {

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final int brokerId;
    private final int segmentBytes;

    /** @param segmentBytes how long a segment gets, in bytes */
    LogRebuild(ObjectStore store, ClusterKeys keys, int brokerId, int segmentBytes) {
        this.store = store;
        this.keys = keys;
        this.brokerId = brokerId;
        this.segmentBytes = segmentBytes;
    }

    /**
     * A log that is whole but for its name, and isn't durable yet.
     *
     * @param staged where it is, under a name that Kafka deletes
     * @param dir where it belongs
     * @param composites what lies below, created and not confirmed
     * @param localStart where the local segments begin
     * @param storedEnd below which segment objects hold the log
     * @param end behind the last offset
     */
    record Staged(
            LogId log,
            TopicPartition partition,
            File staged,
            File dir,
            CompositePublication composites,
            long localStart,
            long storedEnd,
            long end) {}

    /**
     * Makes the directory of {@code partition} in {@code logDir}, which has none.
     *
     * @param data told what is to be read into its segments; until that was done they are empty
     */
    Staged stage(RebuildPlan plan, TieredLog tiered, LogId log, TopicPartition partition, File logDir, SegmentData data)
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
            CompositePublication composites = publish(plan, localStart, producers, epochs, log);
            write(LogFileUtils.producerSnapshotFile(staged, localStart), producers.snapshot());
            writeSegments(staged, plan, localStart, producers, epochs, log, data, true);
            return new Staged(
                    log,
                    partition,
                    staged,
                    new File(logDir, partition.toString()),
                    composites,
                    localStart,
                    localStart,
                    plan.end());
        } catch (IOException | RuntimeException e) {
            Utils.delete(staged);
            throw e;
        }
    }

    /** Brings producers and epochs from the plan's base to {@code localStart}; answers the composites that it made. */
    private CompositePublication publish(
            RebuildPlan plan, long localStart, ProducerReplay producers, LeaderEpochs epochs, LogId log)
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
        return publication;
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

    /**
     * Writes what lies from {@code localStart} to the plan's end, and whose log the directory is.
     *
     * @param producers where it begins, brought to its end
     * @param epochs up to where it begins, brought to its end
     * @param snapshots whether there is to be one of the producers wherever a segment but the first begins
     */
    void writeSegments(
            File dir,
            RebuildPlan plan,
            long localStart,
            ProducerReplay producers,
            LeaderEpochs epochs,
            LogId log,
            SegmentData data,
            boolean snapshots)
            throws IOException {
        List<StoredBatch> segment = new ArrayList<>();
        SegmentIndexing indexing = new SegmentIndexing(localStart);
        for (StoredBatch batch : plan.between(localStart, plan.end())) {
            if (!segment.isEmpty() && indexing.length() + batch.header().length() > segmentBytes) {
                writeSegment(dir, segment, indexing, log, data);
                segment.clear();
                indexing = new SegmentIndexing(batch.baseOffset());
                if (snapshots) {
                    write(LogFileUtils.producerSnapshotFile(dir, batch.baseOffset()), producers.snapshot());
                }
            }
            segment.add(batch);
            indexing.add(batch.header());
            producers.append(batch.header()).ifPresent(indexing::aborted);
            epochs.append(batch.header().leaderEpoch(), batch.baseOffset());
        }
        writeSegment(dir, segment, indexing, log, data);
        write(LeaderEpochCheckpointFile.newFile(dir), epochs.text());
        PartitionMetadata metadata = new PartitionMetadata(0, KafkaIds.toKafka(log.topicId()));
        write(PartitionMetadataFile.newFile(dir), StandardCharsets.UTF_8.encode(metadata.encode()));
    }

    /** With its indexes: Kafka would make them anew, and forget all but the last batch of each producer on the way. */
    private static void writeSegment(
            File dir, List<StoredBatch> batches, SegmentIndexing indexing, LogId log, SegmentData data)
            throws IOException {
        long baseOffset = indexing.baseOffset();
        File file = LogFileUtils.logFile(dir, baseOffset);
        Files.createFile(file.toPath());
        data.want(
                log,
                CompositePieces.joined(batches.stream().map(StoredBatch::piece).toList()),
                file);
        write(LogFileUtils.offsetIndexFile(dir, baseOffset), indexing.offsetIndex());
        write(LogFileUtils.timeIndexFile(dir, baseOffset), indexing.timeIndex());
        if (indexing.hasAborted()) {
            write(LogFileUtils.transactionIndexFile(dir, baseOffset), indexing.transactionIndex());
        }
    }

    static void write(File target, ByteBuffer contents) throws IOException {
        try (FileChannel file = open(target)) {
            Utils.writeFully(file, contents);
        }
    }

    private static FileChannel open(File file) throws IOException {
        return FileChannel.open(file.toPath(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** The segments of the log that the bucket has. */
    TieredLog tiered(LogId log, SegmentListings listings) throws IOException {
        return TieredLog.list(store, keys, listings, log.topicId(), log.partition());
    }
}
