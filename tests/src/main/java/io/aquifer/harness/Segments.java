package io.aquifer.harness;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Damage to the files of a partition whose broker is down, as the loss of a page cache or of a disk would do it. */
public final class Segments {

    private Segments() {}

    /** Cuts the last segment to {@code keep} of its length, a fraction from 0 to 1, and answers the bytes cut off. */
    public static long cutLast(Path partition, double keep) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(last(partition).toFile(), "rw")) {
            long length = file.length();
            file.setLength((long) (length * keep));
            return length - file.length();
        }
    }

    /** Overwrites the last segment with noise from {@code from} of its length on, and answers the bytes overwritten. */
    public static long corruptLast(Path partition, double from) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(last(partition).toFile(), "rw")) {
            long begin = (long) (file.length() * from);
            byte[] noise = new byte[64 << 10];
            new Random(7).nextBytes(noise);
            file.seek(begin);
            for (long left = file.length() - begin; left > 0; left -= noise.length) {
                file.write(noise, 0, (int) Math.min(noise.length, left));
            }
            return file.length() - begin;
        }
    }

    /** Sizes of the segment files of a partition together, in bytes. */
    public static long bytes(Path partition) throws IOException {
        long bytes = 0;
        for (Path segment : all(partition)) {
            bytes += Files.size(segment);
        }
        return bytes;
    }

    /** The segment files of a partition by base offset. */
    public static List<Path> all(Path partition) throws IOException {
        try (Stream<Path> files = Files.list(partition)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".log"))
                    .sorted(Comparator.comparing(Path::getFileName))
                    .toList();
        }
    }

    private static Path last(Path partition) throws IOException {
        List<Path> segments = all(partition);
        return segments.get(segments.size() - 1);
    }
}
