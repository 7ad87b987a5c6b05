package io.aquifer.wal.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each mark is recognised where it stands, made by hand and, where the tools are there, by them. */
class SignaturesTest {

    private static final long SIZE = 8 << 20;

    @TempDir(factory = OnDisk.class)
    Path directory;

    /** Hexadecimal where it begins with 0x; a negative position counts from the end. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "1080|0x53ef|an ext2 file system",
                "0|XFSB|an XFS file system",
                "65600|_BHRfS_M|a Btrfs file system",
                "1024|0x1020f5f2|an F2FS file system",
                "3|NTFS    |an NTFS file system",
                "3|EXFAT   |an exFAT file system",
                "54|FAT12   |a FAT file system",
                "54|FAT16   |a FAT file system",
                "82|FAT32   |a FAT file system",
                "32769|CD001|an ISO 9660 file system",
                "4086|SWAPSPACE2|swap space",
                "65526|SWAPSPACE2|swap space",
                "4086|SWAP-SPACE|swap space",
                "536|LVM2 001|an LVM2 physical volume",
                "0|0xfc4e2ba9|a member of a Linux software RAID",
                "4096|0xfc4e2ba9|a member of a Linux software RAID",
                "-8192|0xfc4e2ba9|a member of a Linux software RAID",
                "-65536|0xfc4e2ba9|a member of a Linux software RAID",
                "0|0x4c554b53babe|a LUKS volume",
                "4120|0xc68573f64e1a45ca8265f57f48ba6d81|a bcache device",
                "131072|0x0cb1ba0000000000|a member of a ZFS pool",
                "-1024|0x0cb1ba0000000000|a member of a ZFS pool",
                "0|bluestore block device|a Ceph BlueStore device",
                "512|EFI PART|a GPT partition table",
                "4096|EFI PART|a GPT partition table",
                "-512|EFI PART|the backup of a GPT partition table",
                "510|0x55aa|an MBR partition table or boot sector"
            })
    void aMarkIsRecognisedByItself(long position, String mark, String name) throws IOException {
        Path file = blank();
        put(file, position, bytes(mark));
        assertThat(recognise(file)).containsExactly(name);
    }

    @ParameterizedTest
    @CsvSource({
        "00, 00, an ext2 file system",
        "04, 00, an ext3 file system",
        "04, 40, an ext4 file system",
        "00, 80, an ext4 file system"
    })
    void generationsOfExtAreToldApartByTheirFeatures(String compatible, String incompatible, String name)
            throws IOException {
        Path file = blank();
        put(file, 1080, bytes("0x53ef"));
        put(file, 1024 + 0x5c, bytes("0x" + compatible));
        put(file, 1024 + 0x60, bytes("0x" + incompatible));
        assertThat(recognise(file)).containsExactly(name);
    }

    @Test
    void everythingThatIsThereIsNamedAndABootSectorOnlyIfNothingElseIs() throws IOException {
        Path file = blank();
        put(file, 510, bytes("0x55aa"));
        put(file, 512, bytes("EFI PART"));
        put(file, -512, bytes("EFI PART"));
        put(file, 65600, bytes("_BHRfS_M"));
        assertThat(recognise(file))
                .containsExactly("a Btrfs file system", "a GPT partition table", "the backup of a GPT partition table");
    }

    @Test
    void aBlankDeviceIsNothing() throws IOException {
        assertThat(recognise(blank())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "mkfs.ext2 -q -F, an ext2 file system",
        "mkfs.ext3 -q -F, an ext3 file system",
        "mkfs.ext4 -q -F, an ext4 file system",
        "mkswap -q, swap space"
    })
    void whatTheToolsOfTheSystemMakeIsRecognised(String command, String name) throws IOException {
        Path file = blank();
        assumeTrue(Command.succeeds((command + " " + file).split(" ", -1)), command + " is not installed");
        assertThat(recognise(file)).containsExactly(name);
    }

    private Path blank() throws IOException {
        return Files.write(directory.resolve("disk"), new byte[(int) SIZE]);
    }

    private static List<String> recognise(Path file) throws IOException {
        NativeIo io = new JnaNativeIo();
        try (BlockDevice device = new BlockDevices(io).openForReading(file);
                AlignedMemory memory = new AlignedMemory(io)) {
            return Signatures.recognise(DeviceEnds.read(device, memory, List.of()));
        }
    }

    private static byte[] bytes(String mark) {
        return mark.startsWith("0x")
                ? HexFormat.of().parseHex(mark.substring(2))
                : mark.getBytes(StandardCharsets.US_ASCII);
    }

    private static void put(Path file, long position, byte[] mark) throws IOException {
        try (RandomAccessFile target = new RandomAccessFile(file.toFile(), "rw")) {
            target.seek(position < 0 ? SIZE + position : position);
            target.write(mark);
        }
    }
}
