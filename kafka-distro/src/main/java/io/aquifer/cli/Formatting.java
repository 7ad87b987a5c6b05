package io.aquifer.cli;

import io.aquifer.wal.WalFormatter;
import io.aquifer.wal.WalOwner;
import io.aquifer.wal.device.AlignedMemory;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.device.BlockDevices;
import io.aquifer.wal.device.DurabilitySetting;
import io.aquifer.wal.device.JnaNativeIo;
import io.aquifer.wal.device.NativeIo;
import io.aquifer.wal.device.PreallocatedFile;
import io.aquifer.wal.layout.Superblock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Makes a WAL of a device, or of a new file, unless that would destroy something. */
final class Formatting {

    private static final Path DEVICES = Path.of("/dev");

    private final NativeIo io = new JnaNativeIo();
    private final Path path;
    private final WalOwner owner;
    private final boolean force;

    Formatting(Path path, WalOwner owner, boolean force) {
        this.path = path;
        this.owner = owner;
        this.force = force;
    }

    /**
     * Formats it.
     *
     * @param size of the file to make in bytes, or what the device has; null to take what is there
     * @param progress is given the bytes of a new file written so far
     * @throws RefusedException if that would destroy something and isn't forced, or the size can't be had
     */
    Formatted run(@Nullable Long size, LongConsumer progress) throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return format(size, false);
        }
        if (size == null || path.toAbsolutePath().normalize().startsWith(DEVICES)) {
            throw new RefusedException(path + " doesn't exist. Check the path, and that the volume is attached (lsblk"
                    + " lists what is). To have a file made, name one outside " + DEVICES + " and give --size.");
        }
        checkSize(size);
        PreallocatedFile.create(io, path, size, progress);
        boolean formatted = false;
        try {
            Formatted result = format(size, true);
            formatted = true;
            return result;
        } finally {
            if (!formatted) {
                Files.deleteIfExists(path);
            }
        }
    }

    private Formatted format(@Nullable Long expectedSize, boolean created) throws IOException {
        Objections objections = Objections.to(io, path);
        objections.check(force);
        try (BlockDevice device = new BlockDevices(io).openForWriting(path, DurabilitySetting.AUTO);
                AlignedMemory memory = AlignedMemory.system()) {
            if (expectedSize != null && expectedSize != device.size()) {
                throw new RefusedException(path + " has " + ByteSize.inWords(device.size()) + ", not the "
                        + ByteSize.inWords(expectedSize) + " of --size. Leave --size out to take what is there.");
            }
            checkSize(device.size());
            Superblock superblock = WalFormatter.format(device, memory, owner);
            return new Formatted(
                    path.toString(),
                    created,
                    superblock.walId(),
                    superblock.clusterId(),
                    superblock.nodeId(),
                    superblock.capacity(),
                    superblock.ringSize(),
                    superblock.blockSize(),
                    objections.content(),
                    objections.warnings());
        }
    }

    private void checkSize(long size) throws RefusedException {
        if (size < WalFormatter.MIN_SIZE) {
            throw new RefusedException("A WAL needs " + ByteSize.inWords(WalFormatter.MIN_SIZE) + " at least, "
                    + ByteSize.inWords(size) + " are too few for " + path + ".");
        }
    }
}
