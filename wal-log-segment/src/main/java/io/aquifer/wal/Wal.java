package io.aquifer.wal;

import io.aquifer.wal.append.WalObserver;
import io.aquifer.wal.append.WalSettings;
import io.aquifer.wal.append.WalWriters;
import io.aquifer.wal.append.WriteAheadLog;
import io.aquifer.wal.device.AlignedMemory;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.layout.SuperblockSlots;
import io.aquifer.wal.recovery.RecordVisitor;
import io.aquifer.wal.recovery.ScanResult;
import io.aquifer.wal.recovery.WalIndex;
import io.aquifer.wal.recovery.WalScanner;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/**
 * A broker's WAL on its device, recovered and open for appending.
 *
 * <p>Opening is: read the superblock, check whose it is, scan, then raise the epoch durably, so that whatever is written
 * from here on can't be mistaken for what an earlier process may have left beyond the end.
 */
public final class Wal implements Closeable {

    private final BlockDevice device;
    private final AlignedMemory memory;
    private final WriteAheadLog log;
    private final WalWriters writers;
    private final WalIndex index;
    private final ScanResult scan;

    private Wal(
            BlockDevice device,
            AlignedMemory memory,
            WriteAheadLog log,
            WalWriters writers,
            WalIndex index,
            ScanResult scan) {
        this.device = device;
        this.memory = memory;
        this.log = log;
        this.writers = writers;
        this.index = index;
        this.scan = scan;
    }

    /**
     * Recovers the WAL on {@code device} and opens it for appending.
     *
     * @param device taken over: closed with the WAL
     * @param memory taken over as well
     * @param directoryIds of the broker's log directories, for the superblock
     * @throws ForeignWalException if it isn't {@code owner}'s, or the device has shrunk
     * @throws io.aquifer.wal.layout.WalFormatException if there is no superblock that can be read
     */
    public static Wal open(
            BlockDevice device,
            AlignedMemory memory,
            WalOwner owner,
            List<UUID> directoryIds,
            WalSettings settings,
            WalObserver observer)
            throws IOException {
        SuperblockSlots slots = new SuperblockSlots(device, memory.allocate(Superblock.SIZE));
        Superblock found = slots.read();
        checkOwner(device, found, owner);
        WalIndex index = new WalIndex();
        ScanResult scan = scan(device, found, index);
        // A killed writer may have left blocks that a read finds and a loss of power would take.
        device.sync();
        Superblock opened = found.opened(directoryIds);
        ByteBuffer blocks = memory.allocate(settings.memoryBytes());
        ByteBuffer padding = memory.allocate(opened.blockSize());
        WriteAheadLog log = new WriteAheadLog(slots, opened, scan.end(), settings, blocks, padding);
        slots.write(opened);
        return new Wal(device, memory, log, new WalWriters(log, device, settings, observer), index, scan);
    }

    private static void checkOwner(BlockDevice device, Superblock found, WalOwner owner) throws ForeignWalException {
        WalOwner actual = new WalOwner(found.clusterId(), found.nodeId());
        if (!actual.equals(owner)) {
            throw new ForeignWalException("the WAL on " + device.path() + " belongs to " + actual + ", this broker is "
                    + owner + ": point aquifer.wal.path to this broker's device, or format it for this broker");
        }
        if (found.capacity() > device.size()) {
            throw new ForeignWalException("the WAL on " + device.path() + " was formatted with " + found.capacity()
                    + " bytes, the device has only " + device.size() + ": attach the device it was formatted on");
        }
        if (found.blockSize() % device.blockSize() != 0) {
            throw new ForeignWalException("the WAL on " + device.path() + " was formatted with blocks of "
                    + found.blockSize() + " bytes, the device needs multiples of " + device.blockSize());
        }
    }

    /** Reads a WAL without opening it for appending. */
    public static ScanResult scan(BlockDevice device, Superblock superblock, RecordVisitor visitor) throws IOException {
        try (AlignedMemory window = AlignedMemory.system()) {
            ByteBuffer buffer = window.allocate(superblock.maxBlockLength());
            return new WalScanner(device, superblock, buffer).scan(visitor);
        }
    }

    public WriteAheadLog log() {
        return log;
    }

    /** What the WAL held when it was opened. */
    public WalIndex index() {
        return index;
    }

    /** How the scan at opening ended. */
    public ScanResult recovery() {
        return scan;
    }

    public BlockDevice device() {
        return device;
    }

    /** Stops writing and closes the device. What wasn't durable stays so. */
    @Override
    public void close() throws IOException {
        writers.close();
        try (device) {
            if (log.failure() == null) {
                memory.close();
            }
        }
    }
}
