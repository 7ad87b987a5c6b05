package io.aquifer.wal.device;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The marks by which file systems, volume managers and partition tables are known.
 *
 * <p>Where they stand is what wipefs(8) and the documents of each say. It need not be complete: what isn't recognised is
 * still found, as unknown data.
 */
final class Signatures {

    private static final int SECTOR = 512;
    private static final int EXT_MAGIC = 1024 + 0x38;
    private static final int EXT_COMPATIBLE = 1024 + 0x5c;
    private static final int EXT_INCOMPATIBLE = 1024 + 0x60;
    private static final int EXT_HAS_JOURNAL = 0x04;
    private static final int EXT_NEEDS_EXT4 = 0x40 | 0x80;
    private static final byte[] MD = hex("fc4e2ba9");
    private static final byte[] ZFS_UBERBLOCK = hex("0cb1ba0000000000");
    private static final byte[] MBR = hex("55aa");

    private Signatures() {}

    /** What is recognised, each with its article: "an XFS file system". Empty where nothing is. */
    static List<String> recognise(DeviceEnds ends) {
        List<String> names = new ArrayList<>();
        add(names, ext(ends), ends, hex("53ef"), EXT_MAGIC);
        add(names, "an XFS file system", ends, ascii("XFSB"), 0);
        add(names, "a Btrfs file system", ends, ascii("_BHRfS_M"), 0x10040);
        add(names, "an F2FS file system", ends, hex("1020f5f2"), 1024);
        add(names, "an NTFS file system", ends, ascii("NTFS    "), 3);
        add(names, "an exFAT file system", ends, ascii("EXFAT   "), 3);
        add(names, "a FAT file system", ends, ascii("FAT12   "), 54);
        add(names, "a FAT file system", ends, ascii("FAT16   "), 54);
        add(names, "a FAT file system", ends, ascii("FAT32   "), 82);
        add(names, "an ISO 9660 file system", ends, ascii("CD001"), 0x8001);
        add(names, "swap space", ends, ascii("SWAPSPACE2"), swapPositions());
        add(names, "swap space", ends, ascii("SWAP-SPACE"), swapPositions());
        add(
                names,
                "an LVM2 physical volume",
                ends,
                ascii("LVM2 001"),
                24,
                SECTOR + 24,
                2 * SECTOR + 24,
                3 * SECTOR + 24);
        add(names, "a member of a Linux software RAID", ends, MD, mdPositions(ends.size()));
        add(names, "a LUKS volume", ends, hex("4c554b53babe"), 0);
        add(names, "a bcache device", ends, hex("c68573f64e1a45ca8265f57f48ba6d81"), 4096 + 24);
        add(names, "a member of a ZFS pool", ends, ZFS_UBERBLOCK, zfsPositions(ends.size()));
        add(names, "a Ceph BlueStore device", ends, ascii("bluestore block device"), 0);
        add(names, "a GPT partition table", ends, ascii("EFI PART"), SECTOR, 4096);
        add(
                names,
                "the backup of a GPT partition table",
                ends,
                ascii("EFI PART"),
                ends.size() - SECTOR,
                ends.size() - 4096);
        if (names.isEmpty()) {
            // A boot sector ends like this too, and GPT keeps one for show: it names nothing if anything else does.
            add(names, "an MBR partition table or boot sector", ends, MBR, SECTOR - 2);
        }
        return names;
    }

    private static void add(List<String> names, String name, DeviceEnds ends, byte[] mark, long... positions) {
        if (!names.contains(name) && LongStream.of(positions).anyMatch(position -> ends.has(position, mark))) {
            names.add(name);
        }
    }

    private static String ext(DeviceEnds ends) {
        if ((ends.headByte(EXT_INCOMPATIBLE) & EXT_NEEDS_EXT4) != 0) {
            return "an ext4 file system";
        }
        return (ends.headByte(EXT_COMPATIBLE) & EXT_HAS_JOURNAL) != 0 ? "an ext3 file system" : "an ext2 file system";
    }

    /** At the end of the first page, whose size is the machine's that made it. */
    private static long[] swapPositions() {
        return LongStream.of(4096, 8192, 16384, 65536).map(page -> page - 10).toArray();
    }

    /** Of the formats 1.1, 1.2, 1.0 and 0.90. */
    private static long[] mdPositions(long size) {
        long beforeEnd = (size / SECTOR - 16) / 8 * 8 * SECTOR;
        return new long[] {0, 4096, beforeEnd, size / 65536 * 65536 - 65536};
    }

    /** The slots for uberblocks in the two labels at the beginning and the two at the end. */
    private static long[] zfsPositions(long size) {
        long label = 256 << 10;
        long end = size / label * label;
        return LongStream.of(0, label, end - 2 * label, end - label)
                .flatMap(start -> LongStream.range(128, 256).map(slot -> start + (slot << 10)))
                .toArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
