package io.aquifer.cli;

import io.aquifer.rebuild.LostWal;
import io.aquifer.wal.layout.Superblock;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is left of a WAL whose device is lost.
 *
 * @param epoch the last one of which the bucket has something
 * @param accepted whether the WAL on the device goes on from there now
 */
record RecoveredWal(
        String path,
        String clusterId,
        int nodeId,
        String walId,
        long epoch,
        boolean accepted,
        List<RecoveredWal.Partition> partitions) {

    /**
     * A partition of which something is left.
     *
     * @param endOffset from here on everything is lost
     * @param lastTimestamp largest timestamp of the last batch or segment that is left, or null
     */
    record Partition(
            String topic,
            String topicId,
            int partition,
            long logStartOffset,
            long endOffset,
            @Nullable String lastTimestamp) {}

    static RecoveredWal of(Path path, Superblock superblock, LostWal lost, boolean accepted) {
        return new RecoveredWal(
                path.toString(),
                superblock.clusterId(),
                superblock.nodeId(),
                lost.walId().toString(),
                lost.epoch(),
                accepted,
                lost.partitions().stream().map(RecoveredWal::partition).toList());
    }

    private static Partition partition(LostWal.Partition found) {
        return new Partition(
                found.topic(),
                TopicId.inKafkasForm(found.log().topicId()),
                found.log().partition(),
                found.logStartOffset(),
                found.endOffset(),
                found.lastTimestamp().isPresent()
                        ? Instant.ofEpochMilli(found.lastTimestamp().getAsLong())
                                .toString()
                        : null);
    }

    String inWords() {
        Columns columns = new Columns();
        if (!partitions.isEmpty()) {
            columns.add("TOPIC", "PARTITION", "TOPIC ID", "START", "LOST FROM", "LAST RECORD LEFT");
        }
        for (Partition each : partitions) {
            String last = each.lastTimestamp();
            columns.add(
                    each.topic(),
                    each.partition(),
                    each.topicId(),
                    each.logStartOffset(),
                    each.endOffset(),
                    last == null ? "-" : last);
        }
        return "The bucket has WAL " + walId + " of broker " + nodeId + " up to epoch " + epoch + ", with "
                + partitions.size()
                + " partitions. What was acknowledged from the offsets below on, if anything, is lost"
                + " with the device:\n" + columns
                + (accepted
                        ? "The WAL on " + path + " goes on from there. Start the broker: it rebuilds its logs."
                        : "");
    }
}
