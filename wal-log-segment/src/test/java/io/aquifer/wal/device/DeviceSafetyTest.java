package io.aquifer.wal.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aquifer.wal.device.Finding.Kind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever speaks against overwriting a device is found, and a blank one is blank. */
class DeviceSafetyTest {

    private static final int SIZE = 4 << 20;

    @TempDir(factory = OnDisk.class)
    Path directory;

    private final NativeIo io = new JnaNativeIo();
    private Path file;
    private Path proc;
    private FakeSys sys;

    @BeforeEach
    void createFile() throws IOException {
        file = Files.write(directory.resolve("wal"), new byte[SIZE]);
        proc = Files.createDirectories(directory.resolve("proc"));
        sys = new FakeSys(directory.resolve("sys"));
    }

    @Test
    void nothingSpeaksAgainstABlankFile() throws IOException {
        assertThat(examine(file)).isEmpty();
    }

    @Test
    void nothingSpeaksAgainstABlankDevice() throws IOException {
        try (LoopDevice loop = LoopDevice.over(file)) {
            assertThat(new DeviceSafety(io).examine(loop.path(), List.of())).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 12345, (1 << 20) - 1, SIZE - (1 << 20), SIZE - 1})
    void aSingleByteAtEitherEndIsFound(int position) throws IOException {
        put(position, 1);
        assertThat(examine(file))
                .containsExactly(
                        new Finding(Kind.UNKNOWN_DATA, file + " holds unknown data at byte " + position + "."));
    }

    @Test
    void bytesBetweenTheEndsAreNotLookedAt() throws IOException {
        put(1 << 20, 1);
        put(SIZE - (1 << 20) - 1, 1);
        assertThat(examine(file)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {4096, 1 << 20, (1 << 20) + 4096, 2 << 20})
    void aSmallFileIsLookedAtWhole(int size) throws IOException {
        Files.write(file, new byte[size]);
        assertThat(examine(file)).isEmpty();
        put(size - 1, 1);
        assertThat(examine(file))
                .containsExactly(
                        new Finding(Kind.UNKNOWN_DATA, file + " holds unknown data at byte " + (size - 1) + "."));
    }

    @Test
    void whatTheCallerKnowsIsNotReported() throws IOException {
        put(1080, 0x53);
        put(1081, 0xef);
        put(SIZE - 1, 1);
        DeviceSafety safety = new DeviceSafety(io, sys.block(), new ProcUses(proc));
        assertThat(safety.examine(file, List.of(new ByteRange(0, 8192), new ByteRange(SIZE - 1, SIZE))))
                .isEmpty();
        assertThat(safety.examine(file, List.of(new ByteRange(0, 1081), new ByteRange(SIZE - 1, SIZE))))
                .extracting(Finding::text)
                .containsExactly(file + " holds unknown data at byte 1081.");
    }

    @Test
    void whatIsRecognisedIsNamed() throws IOException {
        put(0, 'X', 'F', 'S', 'B');
        assertThat(examine(file)).containsExactly(new Finding(Kind.SIGNATURE, file + " holds an XFS file system."));
    }

    @Test
    void aFileThatAnotherHasOpenForWritingIsInUse() throws IOException {
        try (BlockDevice device = new BlockDevices(io).openForWriting(file, DurabilitySetting.AUTO)) {
            assertThat(device.size()).isEqualTo(SIZE);
            assertThat(examine(file)).extracting(Finding::kind).containsExactly(Kind.IN_USE);
        }
    }

    @Test
    void aDeviceThatAnotherHasOpenForWritingIsInUse() throws IOException {
        try (LoopDevice loop = LoopDevice.over(file)) {
            try (BlockDevice device = new BlockDevices(io).openForWriting(loop.path(), DurabilitySetting.AUTO)) {
                assertThat(device.size()).isEqualTo(SIZE);
                assertThat(new DeviceSafety(io).examine(loop.path(), List.of()))
                        .extracting(Finding::kind)
                        .containsExactly(Kind.IN_USE);
            }
        }
    }

    @Test
    void aFileThatIsSwappedToIsReported() throws IOException {
        Files.writeString(
                proc.resolve("swaps"),
                "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n" + file + "   file\t\t4092\t0\t-2\n");
        assertThat(examine(file)).extracting(Finding::kind).containsExactly(Kind.SWAP);
    }

    @Test
    void aFileBehindALoopDeviceIsReported() throws IOException {
        try (LoopDevice loop = LoopDevice.over(file)) {
            assertThat(new DeviceSafety(io).examine(file, List.of()))
                    .containsExactly(new Finding(Kind.HELD, file + " is behind the loop device " + loop.path() + "."));
        }
    }

    @Test
    void usesOfADeviceAndOfItsPartitionsAreReported() throws IOException {
        try (LoopDevice loop = LoopDevice.over(file)) {
            DeviceNumber number = FileKind.of(loop.path()).device();
            DeviceNumber partition = new DeviceNumber(4000, 1);
            Path disk = sys.disk(number, "sdx", "write back");
            sys.holder(sys.partition(disk, partition, "sdx1"), "md0");
            Files.createDirectories(proc.resolve("self"));
            Files.writeString(
                    proc.resolve("self/mountinfo"),
                    "36 35 4000:1 / /mnt/a\\040b rw,noatime master:1 - ext4 /dev/sdx1 rw\n"
                            + "37 35 0:99 /sub /mnt/c rw - btrfs " + loop.path() + " rw\n"
                            + "38 35 4000:2 / /mnt/other rw - ext4 /dev/sdy rw\n");
            Files.writeString(proc.resolve("swaps"), "Filename\n" + loop.path() + " partition 1 0 -2\n/dev/null x\n");
            assertThat(examine(loop.path()))
                    .containsExactly(
                            new Finding(Kind.MOUNTED, loop.path() + " or a partition of it is mounted at /mnt/a b."),
                            new Finding(Kind.MOUNTED, loop.path() + " or a partition of it is mounted at /mnt/c."),
                            new Finding(Kind.SWAP, loop.path() + " is in use as swap space."),
                            new Finding(Kind.HELD, loop.path() + " or a partition of it is part of md0."),
                            new Finding(Kind.PARTITIONED, loop.path() + " has partitions: sdx1."));
        }
    }

    @Test
    void aRealMountAndItsFileSystemAreReported() throws IOException {
        assumeTrue(Command.succeeds("mkfs.ext4", "-q", file.toString()), "mkfs.ext4 is not installed");
        Path point = Files.createDirectory(directory.resolve("mounted here"));
        try (LoopDevice loop = LoopDevice.over(file)) {
            assumeTrue(Command.succeeds("mount", loop.path().toString(), point.toString()), "nothing may be mounted");
            try {
                assertThat(new DeviceSafety(io).examine(loop.path(), List.of()))
                        .containsExactly(
                                new Finding(
                                        Kind.MOUNTED,
                                        loop.path() + " or a partition of it is mounted at " + point.toRealPath()
                                                + "."),
                                new Finding(Kind.SIGNATURE, loop.path() + " holds an ext4 file system."));
            } finally {
                assertThat(Command.succeeds("umount", point.toString())).isTrue();
            }
            assertThat(new DeviceSafety(io).examine(loop.path(), List.of()))
                    .extracting(Finding::kind)
                    .containsExactly(Kind.SIGNATURE);
        }
    }

    @Test
    void aRealMountedPartitionIsReported() throws IOException {
        Path point = Files.createDirectory(directory.resolve("mounted"));
        try (LoopDevice loop = LoopDevice.over(file)) {
            String disk = loop.path().toString();
            assumeTrue(Command.succeeds("addpart", disk, "1", "2048", "4096"), "addpart is not installed");
            try {
                assumeTrue(Command.succeeds("mkfs.ext4", "-q", disk + "p1"), "mkfs.ext4 is not installed");
                assumeTrue(Command.succeeds("mount", disk + "p1", point.toString()), "nothing may be mounted");
                try {
                    assertThat(new DeviceSafety(io).examine(loop.path(), List.of()))
                            .contains(
                                    new Finding(
                                            Kind.MOUNTED,
                                            disk + " or a partition of it is mounted at " + point.toRealPath() + "."),
                                    new Finding(
                                            Kind.PARTITIONED,
                                            disk + " has partitions: "
                                                    + loop.path().getFileName() + "p1."));
                } finally {
                    assertThat(Command.succeeds("umount", point.toString())).isTrue();
                }
                assertThat(new DeviceSafety(io).examine(Path.of(disk + "p1"), List.of()))
                        .extracting(Finding::kind)
                        .containsExactly(Kind.SIGNATURE);
            } finally {
                assertThat(Command.succeeds("delpart", disk, "1")).isTrue();
            }
        }
    }

    @Test
    void aFileInMemoryIsReported() throws IOException {
        Path shared = Path.of("/dev/shm");
        assumeTrue(
                Files.isWritable(shared) && Files.getFileStore(shared).type().equals("tmpfs"),
                "there is no file system in memory here");
        Path inMemory = Files.createTempFile(shared, "wal", "");
        try {
            Files.write(inMemory, new byte[SIZE]);
            assumeTrue(takesDirectIo(inMemory), "files in memory know no direct I/O here");
            assertThat(examine(inMemory)).extracting(Finding::kind).containsExactly(Kind.IN_MEMORY);
        } finally {
            Files.delete(inMemory);
        }
    }

    @Test
    void whatCannotBeReadIsNoBlankDevice() {
        assertThatThrownBy(() -> examine(directory.resolve("nothing"))).isInstanceOf(DeviceOpenException.class);
    }

    private boolean takesDirectIo(Path path) {
        try {
            new BlockDevices(io).openForReading(path).close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private List<Finding> examine(Path path) throws IOException {
        return new DeviceSafety(io, sys.block(), new ProcUses(proc)).examine(path, List.of());
    }

    private void put(int position, int... bytes) throws IOException {
        try (RandomAccessFile target = new RandomAccessFile(file.toFile(), "rw")) {
            target.seek(position);
            for (int value : bytes) {
                target.write(value);
            }
        }
    }
}
