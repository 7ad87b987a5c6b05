package io.aquifer.sim;

import io.aquifer.wal.device.Durability;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The bytes of a {@link SimulatedBlockDevice}, whose fault model this class carries out: which are durable, which a read
 * finds, and which are on their way. For a single thread.
 */
final class Medium {

    private final RandomGenerator random;
    private final Durability durability;
    private final byte[] durable;
    private final byte[] visible;

    /** In the order of submission. */
    private final List<Write> inFlight = new ArrayList<>();

    /** Read back, but not durable; in the order of completion. */
    private final List<Write> volatiles = new ArrayList<>();

    private long ticks;

    /** Holds {@code durable} and {@code visible} themselves, no copies. */
    private Medium(byte[] durable, byte[] visible, Durability durability, RandomGenerator random) {
        this.durable = durable;
        this.visible = visible;
        this.durability = durability;
        this.random = random;
    }

    /** A medium that durably holds a copy of {@code image}. */
    static Medium of(byte[] image, Durability durability, RandomGenerator random) {
        return new Medium(image.clone(), image.clone(), durability, random);
    }

    int size() {
        return durable.length;
    }

    byte[] visible() {
        return visible.clone();
    }

    List<Write> inFlight() {
        return List.copyOf(inFlight);
    }

    Write submit(int position, ByteBuffer source) {
        Write write = new Write(position, source, ++ticks);
        inFlight.add(write);
        return write;
    }

    void finish(Write write) {
        land(write, write.allSectors());
        if (durability.writesFlush()) {
            write.overlapping.addAll(inFlight);
            settleWhatOverlapped(write);
        }
    }

    /** What finished while {@code over} was in flight, and waits for no other write any more, is durable now. */
    private void settleWhatOverlapped(Write over) {
        for (Write write : List.copyOf(volatiles)) {
            write.overlapping.remove(over);
            if (write.overlapping.isEmpty() && !write.abandoned && !write.leftover) {
                volatiles.remove(write);
                settle(write);
            }
        }
    }

    void fail(Write write) {
        land(write, write.anySectors(random));
        write.leftover = true;
        if (durability.writesFlush()) {
            inFlight.forEach(overlapping -> overlapping.abandoned = true);
            volatiles.stream()
                    .filter(overlapping -> overlapping.overlapping.contains(write))
                    .forEach(overlapping -> overlapping.abandoned = true);
        }
    }

    Sync beginSync() {
        return new Sync(List.copyOf(volatiles));
    }

    void finishSync(Sync sync) {
        sync.end();
        for (Write write : sync.covered) {
            // Another sync that was faster may have made it durable, and then something newer over it.
            if (!write.abandoned && volatiles.remove(write)) {
                settle(write);
            }
        }
    }

    void failSync(Sync sync) {
        sync.end();
        sync.covered.forEach(write -> write.abandoned = true);
    }

    void flip(int position, int bit) {
        durable[position] ^= (byte) (1 << bit);
        visible[position] ^= (byte) (1 << bit);
    }

    void read(int position, ByteBuffer target, int length) {
        int start = target.position();
        target.put(visible, position, length);
        for (Write write : inFlight) {
            write.mixInto(target.duplicate().position(start), position, length, write.anySectors(random));
        }
    }

    /** What is found after a loss of power. This medium is not to be used again. */
    Medium crashed(RandomGenerator fate, double flips) {
        record Landing(Write write, double moment) {}
        List<Landing> landings = new ArrayList<>();
        volatiles.forEach(write -> landings.add(new Landing(write, write.finished)));
        for (Write write : inFlight) {
            write.written = write.allSectors();
            landings.add(new Landing(write, fate.nextDouble((double) write.submitted, ticks + 1.0)));
        }
        landings.sort(Comparator.comparingDouble(Landing::moment));
        byte[] image = durable.clone();
        BitSet atRisk = new BitSet();
        for (Landing landing : landings) {
            BitSet survivors = landing.write.anySectors(fate);
            survivors.and(landing.write.written);
            landing.write.copy(image, survivors);
            atRisk.or(landing.write.writtenOnDevice());
        }
        int sectorSize = SimulatedBlockDevice.SECTOR;
        atRisk.stream().filter(sector -> fate.nextDouble() < flips).forEach(sector -> {
            image[sector * sectorSize + fate.nextInt(sectorSize)] ^= (byte) (1 << fate.nextInt(8));
        });
        return of(image, durability, fate);
    }

    /** What is found after the death of the process. This medium is not to be used again. */
    Medium killed(RandomGenerator fate) {
        Medium next = new Medium(durable.clone(), visible.clone(), durability, fate);
        next.ticks = ticks;
        next.volatiles.addAll(volatiles);
        next.volatiles.forEach(write -> write.leftover = true);
        next.inFlight.addAll(inFlight);
        for (Write write : inFlight) {
            write.leftover = true;
            next.land(write, write.anySectors(fate));
        }
        return next;
    }

    private void land(Write write, BitSet sectors) {
        if (!inFlight.remove(write)) {
            throw new IllegalStateException(write + " is not in flight here");
        }
        write.written = sectors;
        write.finished = ++ticks;
        write.copy(visible, sectors);
        if (durability == Durability.WRITE_THROUGH) {
            settle(write);
        } else {
            volatiles.add(write);
        }
    }

    /** Makes a write durable, and forgets what it has replaced for good. */
    private void settle(Write write) {
        write.copy(durable, write.written);
        BitSet replaced = write.writtenOnDevice();
        volatiles.stream()
                .filter(earlier -> earlier.finished < write.finished)
                .forEach(earlier -> earlier.forget(replaced));
    }
}
