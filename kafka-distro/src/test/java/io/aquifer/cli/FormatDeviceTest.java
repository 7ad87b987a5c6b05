package io.aquifer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.device.BlockDevices;
import io.aquifer.wal.device.DurabilitySetting;
import io.aquifer.wal.device.JnaNativeIo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Formatting a real block device, where this user may make one. */
class FormatDeviceTest {

    @TempDir(factory = OnDisk.class)
    Path directory;

    private Path device;

    @BeforeEach
    void attach() throws IOException {
        Path file = Files.write(directory.resolve("backing"), new byte[32 << 20]);
        Shell attached = Shell.run("losetup", "--show", "--find", "--direct-io=on", file.toString());
        assumeTrue(attached.status() == 0, "no loop device can be had here: " + attached.output());
        device = Path.of(attached.output().strip());
    }

    @AfterEach
    void detach() {
        if (device != null) {
            assertThat(Shell.run("losetup", "--detach", device.toString()).status())
                    .isZero();
        }
    }

    @Test
    void aBlankDeviceIsFormattedAndCanBeInspected() throws IOException {
        assertThat(format().status()).isZero();
        Run run = Run.aquifer("wal", "inspect", device, "--json");
        assertThat(run.json().get("clusterId").asText()).isEqualTo("cluster");
        assertThat(run.json().get("capacity").asLong()).isEqualTo(32 << 20);
        assertThat(run.json().get("inUse").asBoolean()).isFalse();
    }

    @Test
    void aFileSystemIsNamedAndNeedsForceAndAMountedOneIsNeverFormatted() throws IOException {
        Shell made = Shell.run("mkfs.ext4", "-q", device.toString());
        assumeTrue(made.status() == 0, "no ext4 here: " + made.output());
        assertThat(format().err()).contains("an ext4 file system");
        Path point = Files.createDirectory(directory.resolve("mounted"));
        Shell mounted = Shell.run("mount", device.toString(), point.toString());
        assumeTrue(mounted.status() == 0, "nothing may be mounted here: " + mounted.output());
        try {
            Run refused = format("--force");
            assertThat(refused.status()).isEqualTo(1);
            assertThat(refused.err())
                    .hasLineCount(1)
                    .contains("is mounted at " + point)
                    .contains("not by --force");
        } finally {
            assertThat(Shell.run("umount", point.toString()).status()).isZero();
        }
        assertThat(format("--force").status()).isZero();
        assertThat(format().err()).contains("holds the WAL").doesNotContain("ext4");
    }

    @Test
    void aDeviceThatIsOpenElsewhereIsRefusedWithForceToo() throws IOException {
        try (BlockDevice open = new BlockDevices(new JnaNativeIo()).openForWriting(device, DurabilitySetting.AUTO)) {
            Run run = format("--force");
            assertThat(run.status()).isEqualTo(1);
            assertThat(run.err()).contains(open.path() + " is in use by another process.");
        }
        assertThat(format().status()).isZero();
    }

    private Run format(String... force) {
        return force.length == 0
                ? Run.aquifer("wal", "format", device, "--cluster-id", "cluster", "--node-id", 1)
                : Run.aquifer("wal", "format", device, "--cluster-id", "cluster", "--node-id", 1, force[0]);
    }
}
