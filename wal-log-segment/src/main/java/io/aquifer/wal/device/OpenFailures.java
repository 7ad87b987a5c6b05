package io.aquifer.wal.device;

import io.aquifer.wal.device.DeviceOpenException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Error numbers of calls that open a device, in an operator's words. */
final class OpenFailures {

    private OpenFailures() {}

    static DeviceOpenException refused(Path path, FileKind kind, int errno) {
        return switch (errno) {
            case Errno.ENOENT, Errno.ENXIO, Errno.ENODEV, Errno.ENOMEDIUM ->
                new DeviceOpenException(
                        Reason.NOT_FOUND,
                        "No device answers behind " + path + " (" + Errno.describe(errno)
                                + "). Check that the volume is attached (lsblk lists what is).");
            case Errno.EACCES, Errno.EPERM, Errno.EROFS ->
                DeviceOpenException.permission(path, Errno.describe(errno), null);
            case Errno.EBUSY -> inUse(path);
            case Errno.EINVAL ->
                new DeviceOpenException(
                        Reason.NO_DIRECT_IO,
                        path + " can't be opened for direct I/O" + fileSystem(kind)
                                + ". A WAL needs it, or its writes would wait in the page cache: use a raw device, or a"
                                + " file on ext4 or XFS.");
            default -> failed(path, "open", errno);
        };
    }

    static DeviceOpenException inUse(Path path) {
        return new DeviceOpenException(
                Reason.IN_USE,
                path + " is in use by another process, mounted, swapped to, or part of another device. A WAL belongs to"
                        + " one broker: stop the other user (fuser -v, lsblk and /proc/swaps tell who it is), or name"
                        + " another device.");
    }

    static DeviceOpenException failed(Path path, String call, int errno) {
        return new DeviceOpenException(
                Reason.FAILED,
                path + " can't be opened: " + call + " answered " + Errno.describe(errno)
                        + ". Look for the device's errors in the kernel log.");
    }

    /** Where the file lies, to be added to a sentence; empty for a raw device. */
    static String fileSystem(FileKind kind) {
        if (kind.raw()) {
            return "";
        }
        try {
            return " on a file system of type "
                    + Files.getFileStore(kind.path()).type();
        } catch (IOException e) {
            return "";
        }
    }
}
