package io.aquifer.cli;

import io.aquifer.wal.device.ByteRange;
import io.aquifer.wal.device.DeviceSafety;
import io.aquifer.wal.device.Finding;
import io.aquifer.wal.device.NativeIo;
import io.aquifer.wal.layout.Superblock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What speaks against formatting a device, in sentences.
 *
 * @param uses who uses it now, which no force overrides
 * @param content what is on it and would be lost
 * @param warnings what is to be known, but destroys nothing
 */
record Objections(Path path, List<String> uses, List<String> content, List<String> warnings) {

    /** Looks for them. */
    static Objections to(NativeIo io, Path path) throws IOException {
        List<String> uses = new ArrayList<>();
        List<String> content = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        try (WalOnDevice wal = WalOnDevice.open(path)) {
            List<SuperblockSlot> slots = slots(wal);
            boolean marked = slots.stream().anyMatch(SuperblockSlot::marked);
            for (Finding finding : new DeviceSafety(io).examine(path, superblocks(slots))) {
                switch (finding.kind()) {
                    case MOUNTED, SWAP, HELD, IN_USE -> uses.add(finding.text());
                    case PARTITIONED, SIGNATURE -> content.add(finding.text());
                    case UNKNOWN_DATA -> {
                        if (!marked) {
                            content.add(finding.text());
                        }
                    }
                    case IN_MEMORY -> warnings.add(finding.text());
                }
            }
            if (marked) {
                content.add(0, describe(wal, uses.isEmpty()));
            }
        }
        return new Objections(path, uses, content, warnings);
    }

    private static List<SuperblockSlot> slots(WalOnDevice wal) throws IOException {
        return wal.deviceSize() < Superblock.RING_OFFSET ? List.of() : wal.slots();
    }

    /** The ring isn't among them: a file system made on top of a WAL is to be found. */
    private static List<ByteRange> superblocks(List<SuperblockSlot> slots) {
        return slots.stream()
                .filter(slot -> slot.superblock() != null)
                .map(slot -> (long) slot.number() * Superblock.SIZE)
                .map(from -> new ByteRange(from, from + Superblock.SIZE))
                .toList();
    }

    /** @param quiet whether nobody is writing to it, so that it can be told how much is in it */
    private static String describe(WalOnDevice wal, boolean quiet) throws IOException {
        Superblock superblock;
        try {
            superblock = wal.superblock();
        } catch (IOException e) {
            return wal.path() + " holds a WAL that can't be read (" + e.getMessage() + ").";
        }
        String owner = wal.path() + " holds the WAL " + superblock.walId() + " of node " + superblock.nodeId()
                + " of cluster " + superblock.clusterId();
        if (!quiet) {
            return owner + ".";
        }
        Verified found = wal.verify(superblock, (block, offset, record, payload) -> {});
        String content = found.records() == 0
                ? "nothing in it that isn't trimmed yet"
                : ByteSize.inWords(found.end() - superblock.trimPosition()) + " in " + found.records()
                        + " records that aren't trimmed yet and may exist nowhere else";
        return owner + ", with " + content + (found.damaged() ? ", and it is damaged behind that." : ".");
    }

    /** @throws RefusedException if anything speaks against formatting, and {@code force} isn't enough */
    void check(boolean force) throws RefusedException {
        if (!uses.isEmpty()) {
            List<String> all = new ArrayList<>(uses);
            all.addAll(content);
            throw new RefusedException(String.join(" ", all) + " A device in use is never formatted, not by --force"
                    + " either: stop what uses it, or name another device.");
        }
        if (!content.isEmpty() && !force) {
            throw new RefusedException(
                    String.join(" ", content)
                            + " Formatting destroys that. Name another device, or give --force if nothing on this one matters.");
        }
    }
}
