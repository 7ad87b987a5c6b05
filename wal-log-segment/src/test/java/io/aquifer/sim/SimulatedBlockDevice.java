package io.aquifer.sim;

import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.device.BlockRange;
import io.aquifer.wal.device.Durability;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A block device that keeps what the {@link BlockDevice} contract promises, and not a byte more.
 *
 * <h2>Fault model</h2>
 *
 * <p>Time is the order of the calls: the device does nothing by itself. A write is <i>submitted</i>, which copies its
 * bytes, and later <i>finishes</i> or fails, in whatever order the driver chooses, or is never heard of again. Whatever
 * is left open below, the random generator decides, so that a seed and the calls determine everything.
 *
 * <ul>
 *   <li><b>Sectors.</b> A sector of {@link #SECTOR} bytes is written whole or not at all. Of a longer write, any subset
 *       of the sectors may be written: not only a beginning of it.
 *   <li><b>In flight.</b> A read that overlaps a write in flight finds, sector by sector, the old bytes or the new, and
 *       a later read may find otherwise.
 *   <li><b>Finished.</b> A write that finished is read back by all reads from then on. It is durable at once under {@link
 *       Durability#WRITE_THROUGH}; under {@link Durability#SYNC} it is <i>volatile</i>. Where {@linkplain
 *       Durability#writesFlush writes flush}, it is volatile until all have finished that were in flight when it did.
 *   <li><b>Failed.</b> Of a write that failed, any subset of its sectors was written. Where writes flush, those that
 *       overlapped it stay volatile for good, as after a sync that failed.
 *   <li><b>Sync.</b> A sync that finishes makes all durable that was written when it <i>began</i>. What finished while it
 *       ran stays volatile. A sync that fails leaves what it was to make durable volatile for good: no later sync
 *       covers it, though every one will succeed and every read will find it.
 *   <li><b>Crash of the machine</b> ({@link #crash}). What is durable survives. Of every write in flight, and of every
 *       volatile one, any subset of the sectors survives, in an order that agrees with what finished before what was
 *       submitted. Sectors that such writes touched may come back with a bit flipped, if the driver wants it so.
 *   <li><b>Death of the process</b> ({@link #kill}). The device stays powered. What finished is still read back, and what
 *       was volatile still is. Of every write in flight any subset of the sectors was written, and is volatile even
 *       where writes flush: reading it is no proof that it will be there after a crash.
 *   <li><b>Decay.</b> {@link #flip} turns a bit in what is durable, at any time.
 * </ul>
 *
 * <p>What the model leaves out, for no log without a second copy survives it: durable sectors that revert, writes that
 * finish and were put elsewhere or nowhere.
 *
 * <h2>Use</h2>
 *
 * <p>A simulation drives {@link #submit}, {@link #finish}, {@link #beginSync} and the like from a single thread. The methods
 * of {@link BlockDevice} do the same in one step, fail or hang as {@link Faults} say, and may be called by several
 * threads. After {@link #crash} and {@link #kill} the device they were called on fails every call, and calls that hung in
 * it fail too: the future is in the device that was returned.
 */
public final class SimulatedBlockDevice implements BlockDevice {

    /** What is written whole or not at all, in bytes. */
    public static final int SECTOR = 512;

    private final RandomGenerator random;
    private final Durability durability;
    private final int blockSize;
    private final Medium medium;
    private Faults faults = Faults.NONE;
    private @Nullable String gone;

    /** An empty device of {@code size} bytes, all zero. */
    public SimulatedBlockDevice(int size, int blockSize, Durability durability, RandomGenerator random) {
        this(new byte[size], blockSize, durability, random);
    }

    /** A device that durably holds a copy of {@code image}. */
    public SimulatedBlockDevice(byte[] image, int blockSize, Durability durability, RandomGenerator random) {
        this(Medium.of(image, durability, random), blockSize, durability, random);
        if (blockSize < SECTOR || Integer.bitCount(blockSize) != 1 || image.length % blockSize != 0) {
            throw new IllegalArgumentException(image.length + " bytes in blocks of " + blockSize);
        }
    }

    private SimulatedBlockDevice(Medium medium, int blockSize, Durability durability, RandomGenerator random) {
        this.medium = medium;
        this.blockSize = blockSize;
        this.durability = durability;
        this.random = random;
    }

    /** From now on, synchronous calls fare as {@code faults} say. */
    public synchronized void inject(Faults newFaults) {
        faults = newFaults;
    }

    // The driver's side.

    /** Begins a write of a copy of all that remains in {@code source}, whose position stays as it is. */
    public synchronized Write submit(long position, ByteBuffer source) throws IOException {
        alive();
        BlockRange.check(this, position, source);
        return medium.submit(Math.toIntExact(position), source);
    }

    /** Ends a write in flight well. */
    public synchronized void finish(Write write) throws IOException {
        alive();
        medium.finish(write);
    }

    /** Ends a write in flight badly, with {@code failure} for {@link Write#failure()}. */
    public synchronized void fail(Write write, IOException failure) throws IOException {
        alive();
        write.failure = failure;
        medium.fail(write);
    }

    /** Writes that were submitted and neither finished nor failed, in the order of submission. */
    public synchronized List<Write> inFlight() {
        return medium.inFlight();
    }

    public synchronized Sync beginSync() throws IOException {
        alive();
        return medium.beginSync();
    }

    /** Ends a sync well. */
    public synchronized void finishSync(Sync sync) throws IOException {
        alive();
        medium.finishSync(sync);
    }

    /** Ends a sync badly. */
    public synchronized void failSync(Sync sync) throws IOException {
        alive();
        medium.failSync(sync);
    }

    /** Turns bit {@code bit} (0 to 7) of the byte at {@code position}. */
    public synchronized void flip(long position, int bit) {
        medium.flip(Math.toIntExact(position), bit);
    }

    /** What a read of the whole device would find now, with nothing of the writes in flight. */
    public synchronized byte[] snapshot() {
        return medium.visible();
    }

    /** The machine loses power: the device as it is found afterwards. */
    public SimulatedBlockDevice crash(RandomGenerator fate) {
        return crash(fate, 0);
    }

    /** As {@link #crash(RandomGenerator)}, and a bit is flipped in each sector at risk with a probability of {@code flips}. */
    public synchronized SimulatedBlockDevice crash(RandomGenerator fate, double flips) {
        end("the machine crashed");
        return new SimulatedBlockDevice(medium.crashed(fate, flips), blockSize, durability, fate);
    }

    /** The process dies and the machine runs on: the device as another process finds it. */
    public synchronized SimulatedBlockDevice kill(RandomGenerator fate) {
        end("the process was killed");
        return new SimulatedBlockDevice(medium.killed(fate), blockSize, durability, fate);
    }

    // The contract's side.

    @Override
    public String path() {
        return "simulated device";
    }

    @Override
    public long size() {
        return medium.size();
    }

    @Override
    public int blockSize() {
        return blockSize;
    }

    @Override
    public boolean writesAreDurable() {
        return durability.writesAreDurable();
    }

    @Override
    public boolean writesFlush() {
        return durability.writesFlush();
    }

    @Override
    public synchronized void write(long position, ByteBuffer source) throws IOException {
        Write write = submit(position, source);
        switch (faults.write(position, source.remaining())) {
            case SUCCEED -> finish(write);
            case FAIL -> {
                IOException failure = new IOException("injected: the write at " + position + " failed");
                fail(write, failure);
                throw failure;
            }
            case HANG -> hang();
        }
        source.position(source.limit());
    }

    @Override
    public synchronized void read(long position, ByteBuffer target) throws IOException {
        alive();
        BlockRange.check(this, position, target);
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("A read-only buffer can't be read into");
        }
        int length = target.remaining();
        switch (faults.read(position, length)) {
            case SUCCEED -> medium.read(Math.toIntExact(position), target, length);
            case FAIL -> {
                int filled = random.nextInt(length / SECTOR + 1) * SECTOR;
                medium.read(Math.toIntExact(position), target.duplicate(), filled);
                throw new IOException("injected: the read at " + position + " failed or fell short");
            }
            case HANG -> hang();
        }
    }

    @Override
    public synchronized void sync() throws IOException {
        Sync sync = beginSync();
        switch (faults.sync()) {
            case SUCCEED -> finishSync(sync);
            case FAIL -> {
                failSync(sync);
                throw new IOException("injected: the sync failed");
            }
            case HANG -> hang();
        }
    }

    @Override
    public synchronized void close() {
        end("it was closed");
    }

    private void alive() throws IOException {
        if (gone != null) {
            throw new IOException("The simulated device is gone: " + gone);
        }
    }

    private void end(String why) {
        if (gone == null) {
            gone = why;
        }
        notifyAll();
    }

    private void hang() throws IOException {
        boolean interrupted = false;
        while (gone == null) {
            try {
                wait();
            } catch (InterruptedException e) {
                // A thread that waits for a real device in the kernel can't be interrupted either.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        alive();
    }
}
