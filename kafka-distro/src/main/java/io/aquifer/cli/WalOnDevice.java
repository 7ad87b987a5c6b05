package io.aquifer.cli;

import io.aquifer.wal.device.AlignedMemory;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.device.BlockDevices;
import io.aquifer.wal.device.JnaNativeIo;
import io.aquifer.wal.layout.BlockHeader;
import io.aquifer.wal.layout.NotAWalException;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.layout.SuperblockSlots;
import io.aquifer.wal.layout.WalFormatException;
import io.aquifer.wal.recovery.RecordVisitor;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A device that is looked at for the WAL on it, and only read, so that a broker may own it meanwhile. */
final class WalOnDevice implements Closeable {

    private final BlockDevice device;

    private WalOnDevice(BlockDevice device) {
        this.device = device;
    }

    /** @throws io.aquifer.wal.device.DeviceOpenException if it can't be read */
    static WalOnDevice open(Path path) throws IOException {
        return new WalOnDevice(new BlockDevices(new JnaNativeIo()).openForReading(path));
    }

    /** As {@link #superblock()}, of a device or file that nothing else is to be read of. */
    static Superblock superblockOn(Path path) throws IOException {
        try (WalOnDevice wal = open(path)) {
            return wal.superblock();
        }
    }

    String path() {
        return device.path();
    }

    /** Size of the device in bytes. */
    long deviceSize() {
        return device.size();
    }

    List<SuperblockSlot> slots() throws IOException {
        return SuperblockSlot.read(device);
    }

    /**
     * The current superblock, as it is now.
     *
     * @throws RefusedException if there is none, or the device is smaller than it says
     * @throws io.aquifer.wal.layout.WalFormatException if there is one, but it can't be read
     */
    Superblock superblock() throws IOException {
        try (AlignedMemory memory = AlignedMemory.system()) {
            Superblock found = new SuperblockSlots(device, memory.allocate(Superblock.SIZE)).read();
            if (found.capacity() > device.size()) {
                throw new RefusedException("The WAL on " + device.path() + " was formatted with "
                        + ByteSize.inWords(found.capacity()) + ", the device has only "
                        + ByteSize.inWords(device.size()) + ". Attach the device it was formatted on.");
            }
            return found;
        } catch (NotAWalException e) {
            throw new RefusedException(
                    device.path() + " holds no WAL. Check the path; aquifer wal format makes a WAL of a device.", e);
        }
    }

    /** Verifies what the WAL holds from the trim position of {@code superblock} on. */
    Verified verify(Superblock superblock, RecordVisitor visitor) throws IOException {
        return Verification.run(device, superblock, this::superblock, visitor);
    }

    /**
     * The block at which the WAL ended, if something is there that claims to be the WAL's next.
     *
     * @return its header, in which nothing is certain; null if there is none
     */
    @Nullable
    BlockHeader unverifiedBlock(Superblock superblock, long end) throws IOException {
        int blockSize = superblock.blockSize();
        try (AlignedMemory memory = AlignedMemory.system()) {
            ByteBuffer buffer = memory.allocate(blockSize);
            device.read(superblock.deviceOffset(end), buffer);
            BlockHeader found = BlockHeader.readFrom(buffer.flip(), blockSize, superblock.ringSize());
            return found.position() == end && found.walId().equals(superblock.walId()) ? found : null;
        } catch (WalFormatException e) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        device.close();
    }
}
