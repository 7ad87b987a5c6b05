package io.aquifer.wal.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** A preallocated file keeps the contract. */
class DirectFileDeviceTest extends BlockDeviceContractTest {

    @TempDir(factory = OnDisk.class)
    Path directory;

    @Override
    protected BlockDevice open() throws IOException {
        Path file = Files.write(directory.resolve("wal"), new byte[4 << 20]);
        return new BlockDevices(new JnaNativeIo()).openForWriting(file, setting());
    }

    DurabilitySetting setting() {
        return DurabilitySetting.AUTO;
    }
}
