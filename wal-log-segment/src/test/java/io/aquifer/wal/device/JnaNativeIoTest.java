package io.aquifer.wal.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The calls reach the kernel with all of their bits, and its answers come back with theirs. */
class JnaNativeIoTest {

    @TempDir(factory = OnDisk.class)
    Path directory;

    private final NativeIo io = new JnaNativeIo();

    @Test
    void theNumbersAreThoseOfTheArchitecture() {
        assertThat(LinuxAbi.of(true, "x86-64")).isEqualTo(new LinuxAbi(0x4000, 206, 207, 209, 208));
        assertThat(LinuxAbi.of(true, "aarch64")).isEqualTo(new LinuxAbi(0x10000, 0, 1, 2, 4));
    }

    @Test
    void systemsWhoseNumbersAreUnknownAreRefused() {
        assertThatThrownBy(() -> LinuxAbi.of(true, "riscv64"))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("riscv64");
        assertThatThrownBy(() -> LinuxAbi.of(false, "aarch64")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aFailureIsTheNegatedErrorNumberOfThatVeryCall() {
        assertThat(io.open(directory.resolve("nothing").toString(), NativeIo.O_RDONLY, 0))
                .isEqualTo(-Errno.ENOENT);
        assertThat(io.close(-1)).isEqualTo(-9);
        assertThat(io.pread(-1, 0, 0, 0)).isEqualTo(-9);
        assertThat(io.pwrite(-1, 0, 0, 0)).isEqualTo(-9);
        assertThat(io.fdatasync(-1)).isEqualTo(-9);
        assertThat(io.syncfs(-1)).isEqualTo(-9);
        assertThat(io.lock(-1)).isEqualTo(-9);
        assertThat(io.fallocate(-1, 1)).isEqualTo(-9);
        assertThat(io.firstHole(-1)).isEqualTo(-9);
        assertThat(io.blockDeviceSize(-1)).isEqualTo(-9);
        assertThat(io.logicalBlockSize(-1)).isEqualTo(-9);
        assertThat(io.physicalBlockSize(-1)).isEqualTo(-9);
        assertThat(io.unmap(1, 1)).isEqualTo(-Errno.EINVAL);
        assertThat(io.map(0)).isEqualTo(-Errno.EINVAL);
        assertThat(io.aioSetup(0)).isEqualTo(-Errno.EINVAL);
        assertThat(io.aioSubmit(0, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(io.aioAwait(0, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(io.aioDestroy(0)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void positionsAre64BitsWide() throws IOException {
        long position = 5L << 30;
        Path file = directory.resolve("large");
        int fd = io.open(file.toString(), NativeIo.O_RDWR | NativeIo.O_CREAT | NativeIo.O_EXCL, 0600);
        ByteBuffer bytes = ByteBuffer.allocateDirect(16).putLong(1).putLong(2);
        assertThat(io.pwrite(fd, io.address(bytes), 16, position)).isEqualTo(16);
        ByteBuffer read = ByteBuffer.allocateDirect(16);
        assertThat(io.pread(fd, io.address(read), 16, position)).isEqualTo(16);
        assertThat(io.close(fd)).isZero();
        assertThat(read).isEqualTo(bytes.flip());
        assertThat(Files.size(file)).isEqualTo(position + 16);
    }

    @Test
    void theAddressOfABufferIsThatOfItsFirstByteWhateverItsPosition() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(64);
        long address = io.address(buffer);
        assertThat(io.address(buffer.position(8))).isEqualTo(address);
        assertThat(io.address(buffer.slice())).isEqualTo(address + 8);
        assertThat(io.address(buffer.slice(16, 8).asReadOnlyBuffer())).isEqualTo(address + 16);
    }

    @Test
    void mappedMemoryIsAlignedZeroAndBigEndian() {
        long address = io.map(1 << 20);
        ByteBuffer view = io.view(address, 1 << 20);
        assertThat(address % AlignedMemory.ALIGNMENT).isZero();
        assertThat(view.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
        assertThat(view).isEqualTo(ByteBuffer.allocate(1 << 20));
        assertThat(io.address(view)).isEqualTo(address);
        assertThat(io.unmap(address, 1 << 20)).isZero();
    }

    @Test
    void theTimeSinceTheBootIsThatOfTheKernel() throws IOException {
        String uptime = Files.readString(Path.of("/proc/uptime"));
        double seconds = Double.parseDouble(uptime.substring(0, uptime.indexOf(' ')));
        long before = io.bootTimeNanos();
        long after = io.bootTimeNanos();

        assertThat(before / 1e9).isBetween(seconds - 0.011, seconds + 60);
        assertThat(after).isGreaterThanOrEqualTo(before);
    }

    @Test
    void aPathIsPassedOnByteForByte() throws IOException {
        assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "paths are not in UTF-8 here");
        Path file = Files.createFile(directory.resolve("w\u00e4l \u6c34"));
        int fd = io.open(file.toString(), NativeIo.O_RDONLY, 0);
        assertThat(fd).isNotNegative();
        io.close(fd);
    }
}
