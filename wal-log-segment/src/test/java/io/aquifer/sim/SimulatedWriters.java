package io.aquifer.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.wal.append.Block;
import io.aquifer.wal.append.WriteAheadLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What {@link io.aquifer.wal.append.WalWriters} does with threads, step by step: takes blocks, writes several at once,
 * makes those that finished durable with one sync at a time, and reports them, all in any order.
 */
final class SimulatedWriters {

    private final SimulatedBlockDevice device;
    private final WriteAheadLog log;
    private final History history;
    private final int blockSize;
    private final int writesInFlight;
    private final RandomGenerator random;

    private final List<Flight> writing = new ArrayList<>();
    private final List<Flight> finished = new ArrayList<>();
    private final List<Flight> syncing = new ArrayList<>();
    private final List<Flight> durable = new ArrayList<>();

    /** Reported to the log, which waits for writes that overlapped them. */
    private final List<Flight> reported = new ArrayList<>();

    private boolean superblockUnderWay;
    private @Nullable Sync sync;
    private boolean syncFailed;

    SimulatedWriters(
            SimulatedBlockDevice device,
            WriteAheadLog log,
            History history,
            int writesInFlight,
            RandomGenerator random) {
        this.device = device;
        this.log = log;
        this.history = history;
        this.blockSize = log.superblock().blockSize();
        this.writesInFlight = writesInFlight;
        this.random = random;
    }

    /** A block on its way, the bytes it had when it was submitted, and what has to end well before it counts. */
    private record Flight(Block block, Write write, ByteBuffer bytes, Set<Object> overlapping) {}

    /** A superblock's write begins, which the blocks' writes may overlap. */
    void superblockBegins() {
        superblockUnderWay = true;
    }

    /** It ended well; the log doesn't know yet. */
    void superblockEnds() {
        superblockUnderWay = false;
        over(this);
    }

    /** Whether something failed of which later calls to the device know nothing. */
    boolean syncFailed() {
        return syncFailed;
    }

    private boolean isBusy() {
        return writing.size() + finished.size() + syncing.size() + durable.size() >= writesInFlight;
    }

    /** Does one of the things that there are to do. */
    void step() throws IOException {
        int first = random.nextInt(4);
        for (int i = 0; i < 4 && !step((first + i) % 4); i++) {}
    }

    private boolean step(int kind) throws IOException {
        return switch (kind) {
            case 0 -> submit();
            case 1 -> finish();
            case 2 -> sync();
            default -> complete();
        };
    }

    private boolean submit() throws IOException {
        Block block = isBusy() ? null : log.poll();
        if (block == null) {
            return false;
        }
        history.placed(block);
        ByteBuffer bytes = block.bytes(blockSize);
        Write write = device.submit(log.superblock().deviceOffset(block.position()), bytes);
        writing.add(new Flight(block, write, copy(bytes), new HashSet<>()));
        return true;
    }

    private boolean finish() throws IOException {
        if (writing.isEmpty()) {
            return false;
        }
        Flight flight = take(writing);
        assertThat(copy(flight.block.bytes(blockSize)))
                .as("a block's memory changed while it was being written")
                .isEqualTo(flight.bytes);
        device.finish(flight.write);
        (device.writesAreDurable() ? durable : finished).add(flight);
        return true;
    }

    private boolean sync() throws IOException {
        if (sync != null) {
            finishSync();
        } else if (!finished.isEmpty() && !syncFailed) {
            beginSync();
        } else {
            return false;
        }
        return true;
    }

    private void beginSync() throws IOException {
        sync = device.beginSync();
        syncing.addAll(finished);
        finished.clear();
    }

    private void finishSync() throws IOException {
        if (sync != null) {
            device.finishSync(sync);
            sync = null;
            durable.addAll(syncing);
            syncing.clear();
        }
    }

    private boolean complete() {
        if (durable.isEmpty()) {
            return false;
        }
        Flight flight = take(durable);
        if (device.writesFlush()) {
            writing.forEach(other -> flight.overlapping.add(other.block));
            durable.forEach(other -> flight.overlapping.add(other.block));
            if (superblockUnderWay) {
                flight.overlapping.add(this);
            }
        }
        reported.add(flight);
        over(flight.block);
        log.completed(flight.block);
        return true;
    }

    private void over(Object write) {
        for (Flight flight : List.copyOf(reported)) {
            flight.overlapping.remove(write);
            if (flight.overlapping.isEmpty()) {
                reported.remove(flight);
                history.durable(flight.block);
            }
        }
    }

    private Flight take(List<Flight> flights) {
        return flights.remove(random.nextInt(flights.size()));
    }

    /** Makes durable what a superblock's write, which has finished, left in the device; others may go on meanwhile. */
    void syncFor(Runnable meanwhile) throws IOException {
        while (sync != null) {
            meanwhile.run();
            finishSync();
        }
        if (syncFailed) {
            throw new IOException("an earlier sync failed");
        }
        beginSync();
        Sync own = sync;
        meanwhile.run();
        if (sync == own) {
            finishSync();
        }
        if (syncFailed) {
            throw new IOException("the sync failed");
        }
    }

    /** A write, or a sync, fails or hangs until the watchdog notices. */
    void fail() throws IOException {
        IOException cause = new IOException("injected");
        if (sync != null && random.nextBoolean()) {
            device.failSync(sync);
            sync = null;
            syncing.clear();
            syncFailed = true;
        } else if (!writing.isEmpty()) {
            Flight failed = take(writing);
            if (random.nextBoolean()) {
                device.fail(failed.write, cause);
                syncFailed |= device.writesFlush();
            }
        } else {
            return;
        }
        log.fail(cause);
    }

    /** Writes all there is and reports it. */
    void drain() throws IOException {
        while (finish() || sync() || complete() || submit()) {}
    }

    private static ByteBuffer copy(ByteBuffer buffer) {
        return ByteBuffer.allocate(buffer.remaining()).put(buffer.duplicate()).flip();
    }
}
