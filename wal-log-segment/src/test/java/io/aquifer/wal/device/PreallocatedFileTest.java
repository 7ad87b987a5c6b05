package io.aquifer.wal.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.aquifer.wal.device.DeviceOpenException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file is made whole or not at all. */
class PreallocatedFileTest {

    private static final long SIZE = (9 << 20) + 4096;

    @TempDir(factory = OnDisk.class)
    Path directory;

    @Test
    void aFileThatWasMadeCanBeOpenedAndIsZero() throws IOException {
        Path file = directory.resolve("wal");
        List<Long> progress = new ArrayList<>();
        PreallocatedFile.create(new JnaNativeIo(), file, SIZE, progress::add);
        assertThat(Files.readAllBytes(file)).isEqualTo(new byte[(int) SIZE]);
        assertThat(progress).isSorted().hasSizeGreaterThan(1).endsWith(SIZE);
        try (BlockDevice device = new BlockDevices(new JnaNativeIo()).openForWriting(file, DurabilitySetting.AUTO)) {
            assertThat(device.size()).isEqualTo(SIZE);
        }
    }

    @Test
    void onlyItsOwnerMayReadIt() throws IOException {
        Path file = directory.resolve("wal");
        PreallocatedFile.create(new JnaNativeIo(), file, 4096, written -> {});
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void aFileSystemThatCannotReserveIsWrittenToAllTheSame() throws IOException {
        NativeIo io = new ForwardingNativeIo() {
            @Override
            public int fallocate(int fd, long length) {
                return -Errno.EOPNOTSUPP;
            }
        };
        Path file = directory.resolve("wal");
        PreallocatedFile.create(io, file, SIZE, written -> {});
        assertThat(Files.size(file)).isEqualTo(SIZE);
    }

    @Test
    void whatIsThereIsNotTouched() throws IOException {
        Path file = Files.writeString(directory.resolve("wal"), "precious");
        assertRefused(Reason.EXISTS, new JnaNativeIo(), file, 4096);
        assertThat(file).hasContent("precious");
    }

    @Test
    void aMissingDirectoryIsNotCreated() {
        assertRefused(Reason.NOT_FOUND, new JnaNativeIo(), directory.resolve("no/wal"), 4096);
        assertThat(directory.resolve("no")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -4096, 1, 4095, 10000})
    void aSizeThatIsNoWholeNumberOfBlocksIsRefused(long size) {
        Path file = directory.resolve("wal");
        assertRefused(Reason.BAD_SIZE, new JnaNativeIo(), file, size);
        assertThat(file).doesNotExist();
    }

    @Test
    void nothingIsLeftWhereThereIsNoRoom() {
        Path file = directory.resolve("wal");
        NativeIo io = new ForwardingNativeIo() {
            @Override
            public int fallocate(int fd, long length) {
                return -Errno.ENOSPC;
            }
        };
        assertRefused(Reason.BAD_SIZE, io, file, SIZE);
        assertThat(file).doesNotExist();
    }

    @Test
    void nothingIsLeftWhereDirectIoIsRefused() {
        Path file = directory.resolve("wal");
        NativeIo io = new ForwardingNativeIo() {
            @Override
            public int open(String path, int flags, int mode) {
                return -Errno.EINVAL;
            }
        };
        assertRefused(Reason.NO_DIRECT_IO, io, file, SIZE);
        assertThat(file).doesNotExist();
    }

    @Test
    void nothingIsLeftOfAFileWhoseWritingFailed() {
        Path file = directory.resolve("wal");
        NativeIo io = new ForwardingNativeIo() {
            @Override
            public long pwrite(int fd, long address, long length, long position) {
                return position == 0 ? super.pwrite(fd, address, length, position) : -Errno.EIO;
            }
        };
        assertThatThrownBy(() -> PreallocatedFile.create(io, file, SIZE, written -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("EIO");
        assertThat(file).doesNotExist();
    }

    private static void assertRefused(Reason reason, NativeIo io, Path file, long size) {
        DeviceOpenException refusal = catchThrowableOfType(
                DeviceOpenException.class, () -> PreallocatedFile.create(io, file, size, written -> {}));
        assertThat(refusal).isNotNull().hasMessageContaining(file.toString());
        assertThat(refusal.reason()).isEqualTo(reason);
    }
}
