package io.aquifer.wal.device;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A device that can't serve as asked. The message says what was found, what was expected and what to do. */
public final class DeviceOpenException extends IOException {

    private static final long serialVersionUID = 1;

    /** Why. */
    public enum Reason {
        /** Nothing is there, or the device behind the path is gone. */
        NOT_FOUND,
        /** A file to be created is already there. */
        EXISTS,
        /** This user may not open it, or it is write-protected. */
        PERMISSION,
        /** It is neither a block device nor a regular file. */
        WRONG_TYPE,
        /** Another process or the kernel uses it. */
        IN_USE,
        /** Its file system, or the kernel, doesn't do direct I/O on it. */
        NO_DIRECT_IO,
        /** Empty, or no whole number of blocks, or blocks that are too large, or more than there is room for. */
        BAD_SIZE,
        /** A file with parts that were never written. */
        SPARSE,
        /** The system answered with an error of another kind. */
        FAILED
    }

    private final Reason reason;

    DeviceOpenException(Reason reason, String message) {
        this(reason, message, null);
    }

    DeviceOpenException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    static DeviceOpenException permission(Path path, String found, @Nullable Throwable cause) {
        return new DeviceOpenException(
                Reason.PERMISSION,
                "User " + System.getProperty("user.name") + " may not open " + path + " (" + found
                        + "). Give the user read and write access, by group or by a udev rule, and see that the device"
                        + " isn't write-protected (blockdev --getro).",
                cause);
    }

    public Reason reason() {
        return reason;
    }
}
