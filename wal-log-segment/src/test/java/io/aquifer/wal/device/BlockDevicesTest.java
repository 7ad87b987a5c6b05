package io.aquifer.wal.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.aquifer.wal.device.DeviceOpenException.Reason;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is opened, how, and what the refusals say. */
class BlockDevicesTest {

    private static final int SIZE = 1 << 20;

    @TempDir(factory = OnDisk.class)
    Path directory;

    private final AtomicInteger calls = new AtomicInteger();
    private Path file;

    @BeforeEach
    void createFile() throws IOException {
        file = Files.write(directory.resolve("wal"), new byte[SIZE]);
    }

    @Test
    void aFileIsAsLargeAsItIsAndHasBlocksOfAPage() throws IOException {
        try (DirectBlockDevice device = devices(new JnaNativeIo()).openForWriting(file, DurabilitySetting.AUTO)) {
            assertThat(device.size()).isEqualTo(SIZE);
            assertThat(device.blockSize()).isEqualTo(4096);
            assertThat(device.raw()).isFalse();
            assertThat(device.path()).isEqualTo(file.toString());
        }
    }

    @Test
    void aRawDeviceIsAsLargeAsTheKernelSays() throws IOException {
        try (LoopDevice loop = LoopDevice.over(directory.resolve("disk"), 3 << 20);
                DirectBlockDevice device =
                        devices(new JnaNativeIo()).openForWriting(loop.path(), DurabilitySetting.AUTO)) {
            assertThat(device.size()).isEqualTo(3 << 20);
            assertThat(device.raw()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"512, 512, 512", "512, 4096, 4096", "4096, 4096, 4096", "512, 16384, 4096"})
    void aRawDeviceIsWrittenInPhysicalBlocksUpToAPage(int logical, int physical, int expected) throws IOException {
        NativeIo io = new ForwardingNativeIo() {
            @Override
            public int logicalBlockSize(int fd) {
                return logical;
            }

            @Override
            public int physicalBlockSize(int fd) {
                return physical;
            }

            @Override
            public long blockDeviceSize(int fd) {
                return super.blockDeviceSize(fd) - 512;
            }
        };
        try (LoopDevice loop = LoopDevice.over(directory.resolve("disk"), 3 << 20);
                DirectBlockDevice device = devices(io).openForReading(loop.path())) {
            assertThat(device.blockSize()).isEqualTo(expected);
            assertThat(device.size()).isEqualTo((3 << 20) - expected);
        }
    }

    @Test
    void aRawDeviceWhoseBlocksAreLargerThanAPageIsRefused() throws IOException {
        NativeIo io = new ForwardingNativeIo() {
            @Override
            public int logicalBlockSize(int fd) {
                return 16384;
            }
        };
        try (LoopDevice loop = LoopDevice.over(directory.resolve("disk"), SIZE)) {
            assertRefused(Reason.BAD_SIZE, devices(io), loop.path()).hasMessageContaining("16384 bytes");
        }
    }

    @Test
    void twoWritersCannotShareAFileButAReaderMayLook() throws IOException {
        BlockDevices devices = devices(new JnaNativeIo());
        try (DirectBlockDevice writer = devices.openForWriting(file, DurabilitySetting.AUTO)) {
            assertRefused(Reason.IN_USE, devices, file);
            devices.openForReading(file).close();
            assertThat(writer.size()).isEqualTo(SIZE);
        }
        devices.openForWriting(file, DurabilitySetting.AUTO).close();
    }

    @Test
    void twoWritersCannotShareARawDeviceButAReaderMayLook() throws IOException {
        BlockDevices devices = devices(new JnaNativeIo());
        try (LoopDevice loop = LoopDevice.over(directory.resolve("disk"), SIZE)) {
            try (DirectBlockDevice writer = devices.openForWriting(loop.path(), DurabilitySetting.AUTO)) {
                assertRefused(Reason.IN_USE, devices, loop.path());
                devices.openForReading(loop.path()).close();
                assertThat(writer.size()).isEqualTo(SIZE);
            }
            devices.openForWriting(loop.path(), DurabilitySetting.AUTO).close();
        }
    }

    @Test
    void aDeviceThatAKilledProcessIsStillLettingGoOfIsAskedForAgain() throws IOException {
        NativeIo io = new ForwardingNativeIo() {
            @Override
            public int open(String path, int flags, int mode) {
                return calls.getAndIncrement() < 2 ? -Errno.EBUSY : super.open(path, flags, mode);
            }

            @Override
            public int lock(int fd) {
                return calls.getAndIncrement() < 5 ? -Errno.EAGAIN : super.lock(fd);
            }
        };
        BlockDevices patient = new BlockDevices(io, new SysBlock(directory), Duration.ofMinutes(1));
        patient.openForWriting(file, DurabilitySetting.AUTO).close();
        assertThat(calls).hasValue(6);
    }

    @Test
    void anInterruptEndsTheWaitForABusyDevice() {
        NativeIo io = new ForwardingNativeIo() {
            @Override
            public int open(String path, int flags, int mode) {
                return -Errno.EBUSY;
            }
        };
        BlockDevices patient = new BlockDevices(io, new SysBlock(directory), Duration.ofMinutes(1));
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> patient.openForWriting(file, DurabilitySetting.AUTO))
                .isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void whatIsNotThereIsSaidToBeMissing() {
        assertRefused(Reason.NOT_FOUND, devices(new JnaNativeIo()), directory.resolve("nothing"))
                .hasMessageContaining("doesn't exist");
        assertRefused(Reason.NOT_FOUND, devices(new JnaNativeIo()), file.resolve("below"));
    }

    @Test
    void whatIsNeitherABlockDeviceNorAFileIsNamed() {
        assertRefused(Reason.WRONG_TYPE, devices(new JnaNativeIo()), directory).hasMessageContaining("is a directory");
        assertRefused(Reason.WRONG_TYPE, devices(new JnaNativeIo()), Path.of("/dev/null"))
                .hasMessageContaining("is a character device");
    }

    @ParameterizedTest
    @CsvSource({
        "2, NOT_FOUND",
        "6, NOT_FOUND",
        "19, NOT_FOUND",
        "123, NOT_FOUND",
        "1, PERMISSION",
        "13, PERMISSION",
        "30, PERMISSION",
        "16, IN_USE",
        "22, NO_DIRECT_IO",
        "24, FAILED"
    })
    void whatOpenAnswersIsTranslated(int errno, Reason reason) {
        NativeIo io = new ForwardingNativeIo() {
            @Override
            public int open(String path, int flags, int mode) {
                return -errno;
            }
        };
        assertRefused(reason, devices(io), file).hasMessageContaining(file.toString());
    }

    @ParameterizedTest
    @CsvSource({"-22, NO_DIRECT_IO, file system of type", "-5, FAILED, EIO", "512, FAILED, only 512 bytes"})
    void aFirstBlockThatCannotBeReadIsSaidToBeSo(long answer, Reason reason, String words) {
        NativeIo io = new ForwardingNativeIo() {
            @Override
            public long pread(int fd, long address, long length, long position) {
                return calls.getAndIncrement() == 0 ? -Errno.EINTR : answer;
            }
        };
        assertRefused(reason, devices(io), file).hasMessageContaining(words);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4095, 4097, 8192 + 512})
    void aFileThatIsNoWholeNumberOfBlocksIsRefused(int size) throws IOException {
        Files.write(file, new byte[size]);
        assertRefused(Reason.BAD_SIZE, devices(new JnaNativeIo()), file).hasMessageContaining(size + " bytes");
    }

    @Test
    void aRawDeviceWithNothingBehindItIsRefused() throws IOException {
        NativeIo io = new ForwardingNativeIo() {
            @Override
            public long blockDeviceSize(int fd) {
                return 0;
            }
        };
        try (LoopDevice loop = LoopDevice.over(directory.resolve("disk"), SIZE)) {
            assertRefused(Reason.BAD_SIZE, devices(io), loop.path());
        }
    }

    @Test
    void aSparseFileIsRefused() throws IOException {
        Path sparse = directory.resolve("sparse");
        try (RandomAccessFile hole = new RandomAccessFile(sparse.toFile(), "rw")) {
            hole.write(new byte[4096]);
            hole.setLength(SIZE);
        }
        assertRefused(Reason.SPARSE, devices(new JnaNativeIo()), sparse)
                .hasMessageContaining("at byte 4096 of " + SIZE);
    }

    @Test
    void aFileWhoseBlocksAreReservedButWereNeverWrittenIsRefused() {
        NativeIo io = new JnaNativeIo();
        Path reserved = directory.resolve("reserved");
        int fd = io.open(reserved.toString(), NativeIo.O_RDWR | NativeIo.O_CREAT, 0600);
        assertThat(io.fallocate(fd, SIZE)).isZero();
        io.close(fd);
        assertRefused(Reason.SPARSE, devices(io), reserved);
    }

    @ParameterizedTest
    @EnumSource(names = {"DSYNC", "SYNC"})
    void aRefusedDeviceIsNotHeldOn(DurabilitySetting setting) throws IOException {
        NativeIo io = new ForwardingNativeIo() {
            @Override
            public int open(String path, int flags, int mode) {
                calls.incrementAndGet();
                return super.open(path, flags, mode);
            }

            @Override
            public int close(int fd) {
                calls.decrementAndGet();
                return super.close(fd);
            }
        };
        Files.write(file, new byte[100]);
        assertThatThrownBy(() -> devices(io).openForWriting(file, setting)).isInstanceOf(DeviceOpenException.class);
        assertThat(calls).hasValue(0);
    }

    private BlockDevices devices(NativeIo io) {
        return new BlockDevices(io, new SysBlock(directory.resolve("no-sys")), Duration.ZERO);
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
            Reason reason, BlockDevices devices, Path path) {
        DeviceOpenException refusal = catchThrowableOfType(
                DeviceOpenException.class,
                () -> devices.openForWriting(path, DurabilitySetting.AUTO).close());
        assertThat(refusal).isNotNull();
        assertThat(refusal.reason()).isEqualTo(reason);
        return assertThat((Throwable) refusal);
    }
}
