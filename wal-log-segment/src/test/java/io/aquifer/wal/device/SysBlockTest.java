package io.aquifer.wal.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read from sysfs, and what is assumed where it says nothing. */
class SysBlockTest {

    private static final DeviceNumber DISK = new DeviceNumber(259, 0);
    private static final DeviceNumber PARTITION = new DeviceNumber(259, 3);

    @TempDir
    Path directory;

    @Test
    void onlyWriteThroughMeansThatNothingIsLost() throws IOException {
        FakeSys sys = new FakeSys(directory);
        sys.disk(DISK, "nvme0n1", "write through");
        assertThat(sys.block().volatileCache(DISK)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"write back", "", "write through, more or less"})
    void anythingElseMeansThatWritesMayBeLost(String cache) throws IOException {
        FakeSys sys = new FakeSys(directory);
        sys.disk(DISK, "nvme0n1", cache);
        assertThat(sys.block().volatileCache(DISK)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"write through, false", "write back, true"})
    void aPartitionHasTheCacheOfItsDisk(String cache, boolean expected) throws IOException {
        FakeSys sys = new FakeSys(directory);
        sys.partition(sys.disk(DISK, "nvme0n1", cache), PARTITION, "nvme0n1p3");
        assertThat(sys.block().volatileCache(PARTITION)).isEqualTo(expected);
    }

    @Test
    void aDeviceThatSysfsDoesNotKnowMayLoseWritesAndHasNothingOnIt() throws IOException {
        SysBlock sys = new FakeSys(directory).block();
        assertThat(sys.volatileCache(DISK)).isTrue();
        assertThat(sys.partitions(DISK)).isEmpty();
        assertThat(sys.holders(DISK)).isEmpty();
    }

    @Test
    void partitionsAndHoldersAreFound() throws IOException {
        FakeSys sys = new FakeSys(directory);
        Path disk = sys.disk(DISK, "nvme0n1", "write back");
        Path partition = sys.partition(disk, PARTITION, "nvme0n1p3");
        sys.holder(partition, "dm-0");
        assertThat(sys.block().partitions(DISK)).containsExactly("nvme0n1p3");
        assertThat(sys.block().partition(DISK, "nvme0n1p3")).isEqualTo(PARTITION);
        assertThat(sys.block().holders(DISK)).isEmpty();
        assertThat(sys.block().holders(PARTITION)).containsExactly("dm-0");
        assertThat(sys.block().partitions(PARTITION)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0x0803, 8, 3", "0x10303, 259, 3", "0x100000, 0, 256", "0x12345678fabcd, 0x12fab, 0x345678cd"})
    void deviceNumbersAreTakenApartAsTheCLibraryDoes(String dev, String major, String minor) {
        assertThat(DeviceNumber.of(Long.decode(dev)))
                .isEqualTo(new DeviceNumber(Integer.decode(major), Integer.decode(minor)));
    }
}
