package io.aquifer.cli;

import io.aquifer.wal.device.DeviceSafety;
import io.aquifer.wal.device.JnaNativeIo;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.layout.WalFormatException;
import io.aquifer.wal.recovery.RecoveredLog;
import io.aquifer.wal.recovery.WalIndex;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Finds out all that a WAL tells of itself, without writing to it and without its owner noticing. */
final class Inspector {

    private static final int ATTEMPTS = 3;

    private static final Comparator<Inspection.Partition> BY_TOPIC = Comparator.comparing(
                    Inspection.Partition::topic, Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(Inspection.Partition::topicId)
            .thenComparing(Inspection.Partition::partition);

    private Inspector() {}

    /**
     * Inspects the WAL on a device. Its owner may be faster than the reading, which is then begun again a few times.
     *
     * @throws RefusedException if there is no WAL on it
     */
    static Inspection inspect(Path path) throws IOException {
        try (WalOnDevice wal = WalOnDevice.open(path)) {
            Superblock superblock = wal.superblock();
            boolean used = inUse(path);
            for (int attempt = 1; ; attempt++) {
                WalIndex index = new WalIndex();
                Verified found = wal.verify(superblock, index);
                List<SuperblockSlot> slots = wal.slots();
                Superblock now = current(slots, superblock);
                if (!found.overtaken() || attempt == ATTEMPTS) {
                    boolean moving = used || !now.equals(superblock);
                    return inspection(wal, now, slots, found, index, moving);
                }
                superblock = now;
            }
        }
    }

    private static Superblock current(List<SuperblockSlot> slots, Superblock otherwise) {
        return slots.stream()
                .map(SuperblockSlot::superblock)
                .filter(Objects::nonNull)
                .max(Comparator.comparingLong(Superblock::sequence))
                .orElse(otherwise);
    }

    private static boolean inUse(Path path) throws IOException {
        return new DeviceSafety(new JnaNativeIo())
                .examine(path, List.of()).stream().anyMatch(finding -> switch (finding.kind()) {
                    case MOUNTED, SWAP, HELD, IN_USE -> true;
                    case PARTITIONED, SIGNATURE, UNKNOWN_DATA, IN_MEMORY -> false;
                });
    }

    private static Inspection inspection(
            WalOnDevice wal,
            Superblock superblock,
            List<SuperblockSlot> slots,
            Verified found,
            WalIndex index,
            boolean inUse) {
        long used = Math.max(0, found.end() - superblock.trimPosition());
        return new Inspection(
                wal.path(),
                inUse,
                found.overtaken(),
                superblock.walId(),
                Superblock.VERSION,
                superblock.clusterId(),
                superblock.nodeId(),
                superblock.directoryIds().stream().map(TopicId::inKafkasForm).toList(),
                superblock.epoch(),
                superblock.cleanShutdown(),
                superblock.blockSize(),
                wal.deviceSize(),
                superblock.capacity(),
                superblock.ringSize(),
                superblock.trimPosition(),
                found.end(),
                used,
                Math.round(10_000.0 * used / superblock.ringSize()) / 100.0,
                slots.stream().map(slot -> slot(slot, superblock)).toList(),
                new Inspection.Verification(found.blocks(), found.records(), found.damaged(), found.reason()),
                index.logs().stream().map(Inspector::partition).sorted(BY_TOPIC).toList());
    }

    private static Inspection.Slot slot(SuperblockSlot slot, Superblock current) {
        @Nullable Superblock superblock = slot.superblock();
        @Nullable WalFormatException problem = slot.problem();
        if (superblock == null) {
            return new Inspection.Slot(
                    slot.number(), false, null, null, null, null, problem == null ? null : problem.getMessage());
        }
        return new Inspection.Slot(
                slot.number(),
                superblock.equals(current),
                superblock.sequence(),
                superblock.epoch(),
                superblock.trimPosition(),
                superblock.cleanShutdown(),
                null);
    }

    private static Inspection.Partition partition(RecoveredLog log) {
        return new Inspection.Partition(
                log.topic(),
                TopicId.inKafkasForm(log.id().topicId()),
                log.id().partition(),
                TopicId.incarnation(log.id()),
                log.logStartOffset() < 0 ? null : log.logStartOffset(),
                log.endOffset() < 0 ? null : log.endOffset(),
                log.extents().size(),
                log.bytes(),
                log.deleted());
    }
}
