package io.aquifer.wal.device;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * What a path leads to.
 *
 * @param path the path with its links resolved, so that what is looked at is what is opened
 * @param type what stat(2) calls it, in words
 * @param raw true for a block device, false for anything else
 * @param device the number of the block device, or of the device that holds the file
 * @param length of a regular file in bytes
 */
record FileKind(Path path, String type, boolean raw, DeviceNumber device, long length) {

    private static final String REGULAR = "regular file";

    /** @throws DeviceOpenException unless it is a block device or a regular file */
    static FileKind of(Path given) throws DeviceOpenException {
        try {
            Path path = given.toRealPath();
            Map<String, Object> stat = Files.readAttributes(path, "unix:mode,rdev,dev,size");
            String type = type((int) Objects.requireNonNull(stat.get("mode")));
            boolean raw = type.equals("block device");
            if (!raw && !type.equals(REGULAR)) {
                throw new DeviceOpenException(
                        DeviceOpenException.Reason.WRONG_TYPE,
                        given + " is a " + type + ". A WAL lives on a block device or in a regular file: name one.");
            }
            long device = (long) Objects.requireNonNull(stat.get(raw ? "rdev" : "dev"));
            return new FileKind(
                    path, type, raw, DeviceNumber.of(device), (long) Objects.requireNonNull(stat.get("size")));
        } catch (NoSuchFileException e) {
            throw new DeviceOpenException(
                    DeviceOpenException.Reason.NOT_FOUND,
                    given + " doesn't exist. Check the path, and that the volume is attached (lsblk lists what is).",
                    e);
        } catch (AccessDeniedException e) {
            throw DeviceOpenException.permission(given, "its directory can't be searched", e);
        } catch (DeviceOpenException e) {
            throw e;
        } catch (FileSystemException e) {
            throw new DeviceOpenException(
                    DeviceOpenException.Reason.NOT_FOUND, given + " can't be looked at: " + e.getReason(), e);
        } catch (IOException e) {
            throw new DeviceOpenException(
                    DeviceOpenException.Reason.FAILED, given + " can't be looked at: " + e.getMessage(), e);
        }
    }

    private static String type(int mode) {
        return switch (mode & 0170000) {
            case 0010000 -> "named pipe";
            case 0020000 -> "character device";
            case 0040000 -> "directory";
            case 0060000 -> "block device";
            case 0100000 -> REGULAR;
            case 0140000 -> "socket";
            default -> "file of an unknown type";
        };
    }
}
