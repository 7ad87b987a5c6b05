package io.aquifer.sim;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One write to a {@link SimulatedBlockDevice}. Sectors are counted from the beginning of the write. */
public final class Write {

    private final int position;
    private final byte[] bytes;

    /** When it was submitted, on the device's clock. */
    final long submitted;

    /** When it finished or failed, on the device's clock; 0 while it is in flight. */
    long finished;

    /** The sectors that it left in the device, once it has finished or failed, and that nothing durable has replaced. */
    BitSet written = new BitSet();

    /** Whether what was to make it durable failed, a sync or a write that overlapped it: nothing does, then. */
    boolean abandoned;

    /** Where writes flush, those that were in flight when it finished, and still are. */
    final Set<Write> overlapping = new HashSet<>();

    /** Whether only a sync can make it durable: it failed, or the process that submitted it has died. */
    boolean leftover;

    @Nullable
    IOException failure;

    Write(int position, ByteBuffer source, long submitted) {
        this.position = position;
        this.bytes = new byte[source.remaining()];
        source.duplicate().get(bytes);
        this.submitted = submitted;
    }

    /** Where it begins on the device, in bytes. */
    public long position() {
        return position;
    }

    /** In bytes. */
    public int length() {
        return bytes.length;
    }

    /** True once it has finished or failed. */
    public boolean isOver() {
        return finished > 0;
    }

    /** Why it failed, or null. */
    public @Nullable IOException failure() {
        return failure;
    }

    BitSet allSectors() {
        BitSet sectors = new BitSet();
        sectors.set(0, sectorCount());
        return sectors;
    }

    /** Any subset, with those that a device most likely leaves more often than chance would: none, all, a beginning. */
    BitSet anySectors(RandomGenerator random) {
        BitSet sectors = new BitSet();
        switch (random.nextInt(4)) {
            case 0 -> sectors.clear();
            case 1 -> sectors.set(0, sectorCount());
            case 2 -> sectors.set(0, random.nextInt(sectorCount() + 1));
            default -> {
                for (int sector = 0; sector < sectorCount(); sector++) {
                    sectors.set(sector, random.nextBoolean());
                }
            }
        }
        return sectors;
    }

    /** Puts some sectors where they belong in the image of a device. */
    void copy(byte[] image, BitSet sectors) {
        sectors.stream()
                .map(sector -> sector * SimulatedBlockDevice.SECTOR)
                .forEach(at -> System.arraycopy(bytes, at, image, position + at, SimulatedBlockDevice.SECTOR));
    }

    /** Puts some sectors into a buffer, at its position, that stands for a range of the device. */
    void mixInto(ByteBuffer target, int from, int length, BitSet sectors) {
        int start = target.position();
        sectors.stream()
                .map(sector -> sector * SimulatedBlockDevice.SECTOR)
                .filter(at -> position + at >= from && position + at < from + length)
                .forEach(at -> target.put(start + position + at - from, bytes, at, SimulatedBlockDevice.SECTOR));
    }

    /** The sectors of {@link #written}, counted from the beginning of the device. */
    BitSet writtenOnDevice() {
        BitSet sectors = new BitSet();
        written.stream().forEach(sector -> sectors.set(position / SimulatedBlockDevice.SECTOR + sector));
        return sectors;
    }

    /** Forgets sectors, counted from the beginning of the device, that something later has replaced for good. */
    void forget(BitSet onDevice) {
        int first = position / SimulatedBlockDevice.SECTOR;
        for (int sector = 0; sector < sectorCount(); sector++) {
            if (onDevice.get(first + sector)) {
                written.clear(sector);
            }
        }
    }

    private int sectorCount() {
        return bytes.length / SimulatedBlockDevice.SECTOR;
    }

    @Override
    public String toString() {
        return bytes.length + " bytes at " + position;
    }
}
