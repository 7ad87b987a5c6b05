package io.aquifer.wal.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory laid out as sysfs lays out block devices. */
final class FakeSys {

    private final Path sys;

    FakeSys(Path sys) throws IOException {
        this.sys = sys;
        Files.createDirectories(sys.resolve("dev/block"));
    }

    SysBlock block() {
        return new SysBlock(sys);
    }

    /** A whole disk. */
    Path disk(DeviceNumber number, String name, String cache) throws IOException {
        Path disk = node(sys.resolve("devices").resolve(name), number);
        Files.createDirectories(disk.resolve("queue"));
        Files.writeString(disk.resolve("queue/write_cache"), cache + "\n");
        return disk;
    }

    /** A partition of a disk that is there. */
    Path partition(Path disk, DeviceNumber number, String name) throws IOException {
        Path partition = node(disk.resolve(name), number);
        Files.writeString(partition.resolve("partition"), "1\n");
        return partition;
    }

    /** Something stacked on a disk or a partition. */
    void holder(Path node, String name) throws IOException {
        Files.createDirectories(node.resolve("holders").resolve(name));
    }

    private Path node(Path directory, DeviceNumber number) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("dev"), number + "\n");
        Files.createSymbolicLink(sys.resolve("dev/block").resolve(number.toString()), directory);
        return directory;
    }
}
