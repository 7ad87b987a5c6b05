package io.aquifer.wal;

import io.aquifer.wal.append.Custodian;
import io.aquifer.wal.append.SyncGuard;
import io.aquifer.wal.append.WalObserver;
import io.aquifer.wal.append.WalSettings;
import io.aquifer.wal.append.WalWriters;
import io.aquifer.wal.append.WriteAheadLog;
import io.aquifer.wal.device.AlignedMemory;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.recovery.EpochExtent;
import io.aquifer.wal.recovery.RecordVisitor;
import io.aquifer.wal.recovery.ScanResult;
import io.aquifer.wal.recovery.WalIndex;
import io.aquifer.wal.recovery.WalScanner;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** A broker's WAL on its device, recovered and open for appending. */
public final class Wal implements Closeable {

    private final BlockDevice device;
    private final AlignedMemory memory;
    private final WalOpening opening;
    private final WalWriters writers;

    private Wal(BlockDevice device, AlignedMemory memory, WalOpening opening, WalWriters writers) {
        this.device = device;
        this.memory = memory;
        this.opening = opening;
        this.writers = writers;
    }

    /**
     * Recovers the WAL on {@code device} and opens it for appending.
     *
     * @param device taken over: closed with the WAL
     * @param memory taken over as well
     * @param directoryIds which ids of log directories the superblock has from now on
     * @param custodian asked about every block whose write has ended
     * @throws ForeignWalException if it isn't {@code owner}'s, or the device has shrunk
     * @throws io.aquifer.wal.layout.WalFormatException if there is no superblock that can be read
     */
    public static Wal open(
            BlockDevice device,
            AlignedMemory memory,
            WalOwner owner,
            DirectoryIds directoryIds,
            WalSettings settings,
            WalObserver observer,
            Custodian custodian)
            throws IOException {
        SyncGuard guarded = new SyncGuard(device);
        WalOpening opening = WalOpening.open(guarded, memory, owner, directoryIds, settings, custodian);
        WalWriters writers = new WalWriters(opening.log(), guarded, settings, observer);
        return new Wal(device, memory, opening, writers);
    }

    /** Reads a WAL without opening it for appending. */
    public static ScanResult scan(BlockDevice device, Superblock superblock, RecordVisitor visitor) throws IOException {
        try (AlignedMemory window = AlignedMemory.system()) {
            ByteBuffer buffer = window.allocate(superblock.maxBlockLength());
            return new WalScanner(device, superblock, buffer).scan(visitor);
        }
    }

    public WriteAheadLog log() {
        return opening.log();
    }

    /** What the WAL held when it was opened. */
    public WalIndex index() {
        return opening.index();
    }

    /** Which epochs wrote what the WAL held when it was opened, the oldest first. */
    public List<EpochExtent> epochs() {
        return opening.epochs();
    }

    /** How the scan at opening ended. */
    public ScanResult recovery() {
        return opening.scan();
    }

    public BlockDevice device() {
        return device;
    }

    /**
     * Stops writing and closes the device. What wasn't durable stays so, and whoever waits for it is told.
     *
     * <p>The memory is given back only if nobody can touch it any more, for that would end the process. Who is late, a
     * write that hangs or a claim that wasn't released, keeps it.
     */
    @Override
    public void close() throws IOException {
        try (device) {
            boolean idle = writers.close();
            if (log().close() && idle) {
                memory.close();
            }
        }
    }
}
