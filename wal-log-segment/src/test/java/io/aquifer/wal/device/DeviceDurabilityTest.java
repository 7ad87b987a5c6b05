package io.aquifer.wal.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How writes become durable is resolved from what the kernel says and the operator wants, never to less than durable. */
class DeviceDurabilityTest {

    private static final int SIZE = 1 << 20;

    @TempDir(factory = OnDisk.class)
    Path directory;

    private Path file;

    @BeforeEach
    void createFile() throws IOException {
        file = Files.write(directory.resolve("wal"), new byte[SIZE]);
    }

    @Test
    void aFileIsNeverTakenForWriteThrough() throws IOException {
        FakeSys sys = new FakeSys(directory.resolve("sys"));
        FileKind kind = FileKind.of(file);
        sys.disk(kind.device(), "sda", "write through");
        BlockDevices devices = new BlockDevices(new JnaNativeIo(), sys.block(), Duration.ZERO);
        try (DirectBlockDevice device = devices.openForWriting(file, DurabilitySetting.AUTO)) {
            assertThat(device.durability()).isEqualTo(Durability.SYNC);
            assertThat(device.writesAreDurable()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "write through, AUTO, WRITE_THROUGH",
        "write through, DSYNC, DSYNC",
        "write through, SYNC, SYNC",
        "write through, AIO, AIO",
        "write back, AUTO, AIO",
        "write back, DSYNC, DSYNC",
        "write back, SYNC, SYNC",
        "write back, AIO, AIO"
    })
    void aRawDeviceIsAsDurableAsItsCacheAndTheOperatorSay(String cache, DurabilitySetting setting, Durability expected)
            throws IOException {
        AtomicInteger opened = new AtomicInteger();
        NativeIo io = new ForwardingNativeIo() {
            @Override
            public int open(String path, int flags, int mode) {
                opened.set(flags);
                return super.open(path, flags, mode);
            }
        };
        try (LoopDevice loop = LoopDevice.over(directory.resolve("disk"), SIZE)) {
            FakeSys sys = new FakeSys(directory.resolve("sys"));
            sys.disk(FileKind.of(loop.path()).device(), "loop0", cache);
            BlockDevices devices = new BlockDevices(io, sys.block(), Duration.ZERO);
            try (DirectBlockDevice device = devices.openForWriting(loop.path(), setting)) {
                assertThat(device.durability()).isEqualTo(expected);
                assertThat(device.writesAreDurable()).isEqualTo(expected != Durability.SYNC);
                assertThat(device.writesFlush()).isEqualTo(expected == Durability.DSYNC || expected == Durability.AIO);
                assertThat((opened.get() & NativeIo.O_DSYNC) != 0).isEqualTo(device.writesFlush());
                assertThat(opened.get() & io.directFlag()).isNotZero();
                assertThat(opened.get() & NativeIo.O_EXCL).isNotZero();
            }
        }
    }
}
