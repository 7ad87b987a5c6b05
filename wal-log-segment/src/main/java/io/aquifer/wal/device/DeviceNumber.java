package io.aquifer.wal.device;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** The kernel's number of a block device, by which /sys and /proc know it whatever its path. */
record DeviceNumber(int major, int minor) {

    /** From glibc's {@code dev_t} (makedev(3)), as file attributes have it. */
    static DeviceNumber of(long dev) {
        int major = (int) (((dev >>> 8) & 0xfff) | ((dev >>> 32) & ~0xfffL));
        int minor = (int) ((dev & 0xff) | ((dev >>> 12) & ~0xffL));
        return new DeviceNumber(major, minor);
    }

    /** The number of the block device at a path; empty where there is none. */
    static Optional<DeviceNumber> ofBlockDevice(String path) {
        try {
            FileKind kind = FileKind.of(Path.of(path));
            return kind.raw() ? Optional.of(kind.device()) : Optional.empty();
        } catch (DeviceOpenException | InvalidPathException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return major + ":" + minor;
    }
}
