package io.aquifer.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalDeviceTest {

    private static final long BYTES = 8 << 20;

    @TempDir
    Path folder;

    @Test
    void a_device_has_the_size_that_was_asked_for_and_takes_writes() throws IOException {
        try (WalDevice device = WalDevice.create(folder, "wal", BYTES);
                RandomAccessFile content = new RandomAccessFile(device.path().toFile(), "rw")) {
            assertThat(content.length()).isEqualTo(BYTES);
            content.seek(BYTES - 1);
            content.write(7);
            content.getFD().sync();
        }
    }

    @Test
    void nothing_is_left_once_it_is_closed() throws IOException {
        WalDevice device = WalDevice.create(folder, "wal", BYTES);
        Path backing = Path.of("/sys/block", device.path().getFileName().toString(), "loop/backing_file");

        device.close();

        assertThat(folder).isEmptyDirectory();
        if (device.kind() == WalDevice.Kind.LOOP_DEVICE && Files.exists(backing)) {
            assertThat(Files.readString(backing)).doesNotContain(folder.toString());
        }
    }

    @Test
    void a_file_is_allocated_from_the_start() throws IOException {
        try (WalDevice device = WalDevice.file(folder, "wal", BYTES)) {
            assertThat(device.kind()).isEqualTo(WalDevice.Kind.FILE);
            assertThat(Files.size(device.path())).isEqualTo(BYTES);
            assertThat(Files.getAttribute(device.path(), "unix:size")).isEqualTo(BYTES);
        }
    }
}
