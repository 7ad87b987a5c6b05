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
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Makes a WAL of a device, or of a new file, unless that would destroy something. */
final class Formatting {

    private static final int EXAMINED = 1 << 20;

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
     * @throws RefusedException if there is something on it and it isn't forced, or the size is wrong
     */
    Formatted run(@Nullable Long size, LongConsumer progress) throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return format(size, false);
        }
        if (size == null) {
            throw new RefusedException(path + " doesn't exist. Check the path, and that the volume is attached (lsblk"
                    + " lists what is); or give --size to have a file of that size made.");
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
        try (BlockDevice device = new BlockDevices(io).openForWriting(path, DurabilitySetting.AUTO);
                AlignedMemory memory = AlignedMemory.system()) {
            if (expectedSize != null && expectedSize != device.size()) {
                throw new RefusedException(
                        path + " has " + ByteSize.inWords(device.size()) + ", not the " + ByteSize.inWords(expectedSize)
                                + " that --size says. Leave --size out to take what is there.");
            }
            checkSize(device.size());
            List<String> found = created ? List.of() : content(device, memory);
            if (!found.isEmpty() && !force) {
                throw new RefusedException(
                        String.join(" ", found)
                                + " Formatting would destroy it. Name another device, or give --force if nothing on it matters.");
            }
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
                    found);
        }
    }

    private void checkSize(long size) throws RefusedException {
        if (size < WalFormatter.MIN_SIZE) {
            throw new RefusedException("A WAL needs " + ByteSize.inWords(WalFormatter.MIN_SIZE) + " at least, " + path
                    + " would have " + ByteSize.inWords(size) + ".");
        }
    }

    private List<String> content(BlockDevice device, AlignedMemory memory) throws IOException {
        ByteBuffer head = memory.allocate(EXAMINED);
        device.read(0, head);
        head.flip();
        int data = 0;
        while (data < EXAMINED && head.get(data) == 0) {
            data++;
        }
        return data == EXAMINED ? List.of() : List.of(path + " holds data at byte " + data + ".");
    }
}
