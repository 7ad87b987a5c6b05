package io.aquifer.wal;

import io.aquifer.wal.append.Custodian;
import io.aquifer.wal.append.WalSettings;
import io.aquifer.wal.append.WriteAheadLog;
import io.aquifer.wal.device.AlignedMemory;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.layout.SuperblockSlots;
import io.aquifer.wal.recovery.EpochExtent;
import io.aquifer.wal.recovery.EpochExtents;
import io.aquifer.wal.recovery.ScanResult;
import io.aquifer.wal.recovery.WalIndex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * What opening a WAL for appending gives, before any thread writes blocks.
 *
 * <p>Opening is: make durable what can be read, read the superblock, check whose it is, scan, then raise the epoch
 * durably, so that whatever is written from here on can't be mistaken for what an earlier process may have left beyond
 * the end.
 *
 * <p>What a killed process was writing may be read back and yet be lost by a later crash; to append behind it would be to
 * append behind a hole. Hence the sync. It doesn't cover what an earlier sync failed to make durable; but to write that
 * once more would put at risk what was acknowledged, for the two can't be told apart, and a crash may damage what is being
 * written. Should such a block be lost, those behind it prove that, see {@link io.aquifer.wal.recovery.WalScanner}.
 *
 * @param log ready to append at the end that recovery found
 * @param index what the WAL holds
 * @param epochs which epochs wrote what the WAL holds, the oldest first
 * @param scan how the scan ended
 */
public record WalOpening(WriteAheadLog log, WalIndex index, List<EpochExtent> epochs, ScanResult scan) {

    /**
     * Recovers the WAL on {@code device} and opens it for appending.
     *
     * @param memory for the blocks, in use until the log is closed
     * @param directoryIds which ids of log directories the superblock has from now on
     * @param custodian asked about every block whose write has ended
     * @throws ForeignWalException if it isn't {@code owner}'s, or the device has shrunk
     * @throws io.aquifer.wal.layout.WalFormatException if there is no superblock that can be read
     */
    public static WalOpening open(
            BlockDevice device,
            AlignedMemory memory,
            WalOwner owner,
            DirectoryIds directoryIds,
            WalSettings settings,
            Custodian custodian)
            throws IOException {
        device.sync();
        SuperblockSlots slots = new SuperblockSlots(device, memory.allocate(Superblock.SIZE));
        Superblock found = slots.read();
        checkOwner(device, found, owner);
        WalIndex index = new WalIndex();
        EpochExtents epochs = new EpochExtents(index);
        ScanResult scan = Wal.scan(device, found, epochs);
        Superblock opened = found.opened(scan.end(), directoryIds.toKeep(found.directoryIds(), index));
        ByteBuffer blocks = memory.allocate(settings.memoryBytes());
        ByteBuffer padding = memory.allocate(opened.blockSize());
        WriteAheadLog log = new WriteAheadLog(slots, opened, scan, settings, blocks, padding, custodian);
        slots.write(opened);
        return new WalOpening(log, index, epochs.extents(), scan);
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
}
