package io.aquifer.wal.device;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What the kernel tells of block devices in sysfs (Documentation/ABI/stable/sysfs-block). */
final class SysBlock {

    private final Path sys;

    /** Looks at the sysfs that is mounted at {@code sys}, usually {@code /sys}. */
    SysBlock(Path sys) {
        this.sys = sys;
    }

    /** Whether the device may lose a write that has returned: false only if the kernel reports {@code write through}. */
    boolean volatileCache(DeviceNumber device) {
        try {
            String cache = Files.readString(disk(device).resolve("queue/write_cache"));
            return !cache.strip().equals("write through");
        } catch (IOException e) {
            return true;
        }
    }

    /** The kernel's names of the partitions of a disk; empty for a partition. */
    List<String> partitions(DeviceNumber device) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory(device))) {
            for (Path entry : entries) {
                if (Files.exists(entry.resolve("partition"))) {
                    names.add(entry.getFileName().toString());
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        Collections.sort(names);
        return names;
    }

    /** The kernel's names of what is stacked on a device: device mapper, software RAID, bcache. */
    List<String> holders(DeviceNumber device) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(directory(device).resolve("holders"))) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        } catch (NoSuchFileException e) {
            return List.of();
        }
        Collections.sort(names);
        return names;
    }

    /** The number of a partition that {@link #partitions} named. */
    DeviceNumber partition(DeviceNumber disk, String name) throws IOException {
        String[] number = Files.readString(directory(disk).resolve(name).resolve("dev"))
                .strip()
                .split(":", 2);
        return new DeviceNumber(Integer.parseInt(number[0]), Integer.parseInt(number[1]));
    }

    /** Whole disks that are loop devices over a file, by the kernel's names. */
    List<String> loopDevices(Path file) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> loops = Files.newDirectoryStream(sys.resolve("block"), "loop*")) {
            for (Path loop : loops) {
                if (isBackedBy(loop, file)) {
                    names.add(loop.getFileName().toString());
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        Collections.sort(names);
        return names;
    }

    private static boolean isBackedBy(Path loop, Path file) throws IOException {
        try {
            String backing = Files.readString(loop.resolve("loop/backing_file"));
            return backing.strip().equals(file.toString());
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private Path directory(DeviceNumber device) throws IOException {
        return sys.resolve("dev/block/" + device).toRealPath();
    }

    /** Only whole disks have a queue: a partition shares that of the disk it lies in. */
    private Path disk(DeviceNumber device) throws IOException {
        Path directory = directory(device);
        return Files.exists(directory.resolve("partition")) ? directory.resolve("..") : directory;
    }
}
