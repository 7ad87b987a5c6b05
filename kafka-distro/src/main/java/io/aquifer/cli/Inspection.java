package io.aquifer.cli;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a WAL.
 *
 * @param inUse whether somebody had the device while it was read, so that this is a moving picture
 * @param overtaken whether its owner was faster than the reading: then the verification and the partitions say little
 * @param directoryIds of the owner's log directories, as Kafka prints ids
 * @param deviceSize in bytes
 * @param capacity bytes of the device in use
 * @param ringSize bytes of it that blocks can fill
 * @param usedBytes from the trim position to the end
 * @param superblocks both of them
 * @param partitions by topic and partition
 */
record Inspection(
        String path,
        boolean inUse,
        boolean overtaken,
        UUID walId,
        int formatVersion,
        String clusterId,
        int nodeId,
        List<String> directoryIds,
        long epoch,
        boolean cleanShutdown,
        int blockSize,
        long deviceSize,
        long capacity,
        long ringSize,
        long trimPosition,
        long endPosition,
        long usedBytes,
        double usedPercent,
        List<Slot> superblocks,
        Verification verification,
        List<Partition> partitions) {

    /**
     * One of the two places of the superblock.
     *
     * @param current whether this is the one that counts
     * @param problem why there is none, null where there is one
     */
    record Slot(
            int slot,
            boolean current,
            @Nullable Long sequence,
            @Nullable Long epoch,
            @Nullable Long trimPosition,
            @Nullable Boolean cleanShutdown,
            @Nullable String problem) {}

    /**
     * What verified, from the trim position on.
     *
     * @param damaged whether acknowledged records are to be behind the end position, and can't be read
     * @param endReason why the block at the end position isn't part of the WAL
     */
    record Verification(long blocks, long records, boolean damaged, String endReason) {}

    /**
     * A partition's log, as far as the WAL knows of it.
     *
     * @param topic null if its name was trimmed
     * @param topicId as Kafka prints it
     * @param incarnation 16 hexadecimal digits that tell it from earlier logs of the same partition
     * @param logStartOffset null if the WAL doesn't say
     * @param endOffset the offset behind the last one, null if the WAL doesn't say
     * @param extents data records in the WAL
     * @param bytes of their batches
     * @param deleted whether the log is gone
     */
    record Partition(
            @Nullable String topic,
            String topicId,
            int partition,
            String incarnation,
            @Nullable Long logStartOffset,
            @Nullable Long endOffset,
            int extents,
            long bytes,
            boolean deleted) {}
}
