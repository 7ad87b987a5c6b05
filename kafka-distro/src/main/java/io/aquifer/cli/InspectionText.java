package io.aquifer.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@link Inspection} in words. */
final class InspectionText {

    private static final String UNKNOWN = "-";

    private InspectionText() {}

    static String of(Inspection wal) {
        StringBuilder text =
                new StringBuilder("WAL on ").append(wal.path()).append('\n').append(facts(wal));
        if (wal.inUse()) {
            text.append("The device is in use: this is a moving picture, and its parts may be of different moments.\n");
        }
        if (wal.overtaken()) {
            text.append("Its owner was faster than the reading: what follows says little.\n");
        }
        text.append("\nSuperblocks\n").append(superblocks(wal));
        text.append("\nVerification\n").append(verification(wal));
        text.append("\nPartitions: ")
                .append(wal.partitions().size())
                .append('\n')
                .append(partitions(wal));
        return text.toString().stripTrailing();
    }

    private static Columns facts(Inspection wal) {
        return new Columns()
                .add("WAL id", wal.walId())
                .add("Owner", "node " + wal.nodeId() + " of cluster " + wal.clusterId())
                .add("Directory ids", wal.directoryIds().isEmpty() ? "none yet" : String.join(", ", wal.directoryIds()))
                .add("Format", "version " + wal.formatVersion() + ", blocks of " + wal.blockSize() + " bytes")
                .add("Epoch", wal.epoch())
                .add("Shutdown", wal.cleanShutdown() ? "clean" : "not clean, or not over: its broker may be running")
                .add("Device", ByteSize.inWords(wal.deviceSize()))
                .add("Capacity", ByteSize.inWords(wal.capacity()))
                .add("Ring", ByteSize.inWords(wal.ringSize()))
                .add("Trim position", wal.trimPosition())
                .add("End position", wal.endPosition())
                .add(
                        "Fill",
                        ByteSize.inWords(wal.usedBytes())
                                + String.format(Locale.ROOT, ", %.2f %% of the ring", wal.usedPercent()));
    }

    private static Columns superblocks(Inspection wal) {
        Columns columns = new Columns();
        for (Inspection.Slot slot : wal.superblocks()) {
            String problem = slot.problem();
            columns.add(
                    "Slot " + slot.slot(),
                    problem != null
                            ? problem
                            : "sequence " + slot.sequence() + ", epoch " + slot.epoch() + ", trim position "
                                    + slot.trimPosition() + (slot.current() ? ", current" : ""));
        }
        return columns;
    }

    private static Columns verification(Inspection wal) {
        Inspection.Verification found = wal.verification();
        return new Columns()
                .add("Blocks", found.blocks())
                .add("Records", found.records())
                .add("Result", found.damaged() ? "DAMAGED at the end position" : "ok")
                .add("End", found.endReason());
    }

    private static Columns partitions(Inspection wal) {
        Columns columns = new Columns();
        if (!wal.partitions().isEmpty()) {
            columns.add("TOPIC", "PARTITION", "TOPIC ID", "INCARNATION", "START", "END", "EXTENTS", "BYTES", "STATE");
        }
        for (Inspection.Partition partition : wal.partitions()) {
            columns.add(
                    orUnknown(partition.topic()),
                    partition.partition(),
                    partition.topicId(),
                    partition.incarnation(),
                    orUnknown(partition.logStartOffset()),
                    orUnknown(partition.endOffset()),
                    partition.extents(),
                    partition.bytes(),
                    partition.deleted() ? "deleted" : "live");
        }
        return columns;
    }

    private static Object orUnknown(@Nullable Object value) {
        return value == null ? UNKNOWN : value;
    }
}
