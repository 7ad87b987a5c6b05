package io.aquifer.wal.device;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A raw block device keeps the contract. */
class DirectLoopDeviceTest extends BlockDeviceContractTest {

    @TempDir(factory = OnDisk.class)
    static Path directory;

    private static LoopDevice loop;

    @BeforeAll
    static void attach() throws IOException {
        loop = LoopDevice.over(directory.resolve("disk"), 8 << 20);
    }

    @AfterAll
    static void detach() throws IOException {
        if (loop != null) {
            loop.close();
        }
    }

    @Override
    protected BlockDevice open() throws IOException {
        return new BlockDevices(new JnaNativeIo()).openForWriting(loop.path(), setting());
    }

    DurabilitySetting setting() {
        return DurabilitySetting.AUTO;
    }
}
