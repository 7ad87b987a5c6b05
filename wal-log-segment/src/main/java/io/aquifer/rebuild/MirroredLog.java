package io.aquifer.rebuild;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.PartitionSnapshot;
import io.aquifer.format.PartitionSnapshots;
import io.aquifer.format.SegmentInfo;
import io.aquifer.format.SnapshotSegment;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.StoreWait;
import io.aquifer.rebuild.RebuildPlan.MissingOffsetsException;
import io.aquifer.wal.recovery.Extent;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * What S3 has of a log that Kafka doesn't tier, apart from WAL objects: the segments that the partition's newest snapshot names.
 *
 * @param segments in the order of their offsets, each beginning where the one before ends
 */
record MirroredLog(List<SnapshotSegment> segments) implements StoredSegments {

    MirroredLog {
        segments = List.copyOf(segments);
    }

    /** @throws MissingOffsetsException if the segments don't follow each other */
    static MirroredLog read(ObjectStore store, ClusterKeys keys, SegmentListings listings, UUID topicId, int partition)
            throws IOException, MissingOffsetsException {
        PartitionSnapshots snapshots = new PartitionSnapshots(store, keys);
        Optional<PartitionSnapshot> newest = StoreWait.untilDone(listings.of(topicId, partition)
                .map(listed -> snapshots.newest(topicId, partition, listed))
                .orElseGet(() -> snapshots.newest(topicId, partition)));
        List<SnapshotSegment> segments = newest.map(PartitionSnapshot::live).orElse(List.of());
        for (int i = 1; i < segments.size(); i++) {
            long end = segments.get(i - 1).info().name().endOffset() + 1;
            long next = segments.get(i).info().name().baseOffset();
            if (end != next) {
                throw new MissingOffsetsException(end, next);
            }
        }
        return new MirroredLog(segments);
    }

    @Override
    public OptionalLong end() {
        return PartitionSnapshot.endOf(segments);
    }

    /** This, without the segments that end below an offset. What lay between the last of them and the offset may be gone. */
    MirroredLog reaching(long offset) {
        return new MirroredLog(segments.stream()
                .filter(segment -> segment.info().name().endOffset() >= offset)
                .toList());
    }

    @Override
    public OptionalLong lastTimestamp() {
        return segments.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(segments.get(segments.size() - 1).info().maxTimestamp());
    }

    /**
     * Where the log goes on behind the segments: behind the last, or before, where records of a higher leader epoch replaced
     * what it has.
     *
     * @param stored what WAL objects have of the log
     * @param inWal what the WAL itself has of it
     * @param logStart where it goes on when there are no segments, or before, where the batch begins that it lies in
     */
    long continuedFrom(List<StoredBatch> stored, List<Extent> inWal, long logStart) {
        long end = end().orElse(startOfBatchAt(stored, logStart));
        for (StoredBatch batch : stored) {
            end = replacedFrom(batch.baseOffset(), batch.header().leaderEpoch(), end);
        }
        for (Extent extent : inWal) {
            end = replacedFrom(extent.baseOffset(), extent.leaderEpoch(), end);
        }
        return end;
    }

    private static long startOfBatchAt(List<StoredBatch> batches, long offset) {
        return batches.stream()
                .filter(batch -> batch.baseOffset() <= offset && offset < batch.endOffset())
                .mapToLong(StoredBatch::baseOffset)
                .findFirst()
                .orElse(offset);
    }

    private long replacedFrom(long offset, int leaderEpoch, long end) {
        return offset < end && leaderEpoch > leaderEpochAt(offset) ? offset : end;
    }

    private int leaderEpochAt(long offset) {
        int found = Integer.MAX_VALUE;
        for (SnapshotSegment segment : segments) {
            SegmentInfo info = segment.info();
            if (info.name().baseOffset() <= offset && offset <= info.name().endOffset()) {
                found = info.leaderEpochs().firstKey();
                for (Map.Entry<Integer, Long> epoch : info.leaderEpochs().entrySet()) {
                    if (epoch.getValue() <= offset) {
                        found = epoch.getKey();
                    }
                }
            }
        }
        return found;
    }
}
