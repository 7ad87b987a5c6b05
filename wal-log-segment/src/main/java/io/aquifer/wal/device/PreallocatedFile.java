package io.aquifer.wal.device;

import io.aquifer.wal.device.DeviceOpenException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Makes the files that serve where there is no raw device.
 *
 * <p>Its blocks are reserved first, so that a file system without room says so at once, and then every byte is written.
 * Reserving alone would leave the blocks marked as unwritten, and the first durable write to each would have to commit
 * that mark's removal to the file system's journal: on ext4 that nearly doubles the median latency of a 4 KiB write. A
 * file whose making was cut short keeps such blocks, by which {@link BlockDevices#openForWriting} knows it.
 */
public final class PreallocatedFile {

    private static final int CHUNK = 4 << 20;

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private PreallocatedFile() {}

    /**
     * Creates a file of zeros, durable under its name when this returns; nothing is left of it when this throws.
     *
     * @param size in bytes, a multiple of 4096 above 0
     * @param progress is given the bytes written so far, now and then
     * @throws DeviceOpenException if it can't be created; its reason says why, for example that it exists
     */
    public static void create(NativeIo io, Path path, long size, LongConsumer progress) throws IOException {
        if (size <= 0 || size % BlockDevices.MAX_BLOCK_SIZE != 0) {
            throw new DeviceOpenException(
                    Reason.BAD_SIZE,
                    "A WAL's file has a multiple of " + BlockDevices.MAX_BLOCK_SIZE + " bytes, and not 0: " + path
                            + " can't have " + size + ". Round the size.");
        }
        createEmpty(path);
        boolean created = false;
        try {
            FileKind kind = FileKind.of(path);
            fill(io, path, kind, size, progress);
            Path directory = kind.path().resolveSibling("");
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
            created = true;
        } finally {
            if (!created) {
                Files.deleteIfExists(path);
            }
        }
    }

    private static void createEmpty(Path path) throws IOException {
        try {
            Files.createFile(path, OWNER_ONLY);
        } catch (FileAlreadyExistsException e) {
            throw new DeviceOpenException(
                    Reason.EXISTS, path + " exists. Remove it first, or name a file that doesn't exist yet.", e);
        } catch (NoSuchFileException e) {
            throw new DeviceOpenException(
                    Reason.NOT_FOUND, "The directory of " + path + " doesn't exist. Create it first.", e);
        } catch (AccessDeniedException e) {
            throw DeviceOpenException.permission(path, "its directory can't be written to", e);
        }
    }

    private static void fill(NativeIo io, Path path, FileKind kind, long size, LongConsumer progress)
            throws IOException {
        int fd = io.open(kind.path().toString(), NativeIo.O_RDWR | NativeIo.O_CLOEXEC | io.directFlag(), 0);
        if (fd < 0) {
            throw OpenFailures.refused(path, kind, -fd);
        }
        try (DirectFile file = new DirectFile(io, fd, path.toString(), BlockDevices.MAX_BLOCK_SIZE, null);
                AlignedMemory memory = new AlignedMemory(io)) {
            if (io.lock(fd) < 0) {
                throw OpenFailures.inUse(path);
            }
            reserve(io, path, fd, size);
            ByteBuffer zeros = memory.allocate((int) Math.min(CHUNK, size));
            for (long written = 0; written < size; ) {
                long length = Math.min(zeros.capacity(), size - written);
                file.write(io.address(zeros), length, written);
                written += length;
                progress.accept(written);
            }
            file.sync();
        }
    }

    private static void reserve(NativeIo io, Path path, int fd, long size) throws IOException {
        int result;
        do {
            result = io.fallocate(fd, size);
        } while (result == -Errno.EINTR);
        // Without the call, the file system allocates as the zeros are written, and says then that it has no room.
        if (result < 0 && result != -Errno.EOPNOTSUPP) {
            throw new DeviceOpenException(
                    Reason.BAD_SIZE,
                    "The file system has no " + size + " bytes for " + path + " (" + Errno.describe(-result) + "); "
                            + Files.getFileStore(path).getUsableSpace()
                            + " are free. Make room, or ask for a smaller file.");
        }
    }
}
