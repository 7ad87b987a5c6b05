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

    private static final int BATCH_HEADER_BYTES = 61;
    private static final int LAST_OFFSET_DELTA = 23;

    private Segments() {}

    /** Cuts the last segment to {@code keep} of its length, a fraction from 0 to 1, and answers the bytes cut off. */
    public static long cutLast(Path partition, double keep) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(last(partition).toFile(), "rw")) {
            long length = file.length();
            file.setLength((long) (length * keep));
            return length - file.length();
        }
    }

    /** Cuts off every batch with records at or above {@code offset}, and answers the bytes cut off. */
    public static long cutFrom(Path partition, long offset) throws IOException {
        long bytes = 0;
        for (Path segment : all(partition)) {
            try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
                long position = positionOf(file, offset);
                bytes += file.length() - position;
                file.setLength(position);
            }
        }
        return bytes;
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

    /** Deletes all files of all segments but the last, as if that were all that the disk had kept. */
    public static void deleteAllButLast(Path partition) throws IOException {
        List<Path> segments = all(partition);
        delete(partition, segments.subList(0, segments.size() - 1));
    }

    /** Deletes all files of all segments but the first. */
    public static void deleteAllButFirst(Path partition) throws IOException {
        List<Path> segments = all(partition);
        delete(partition, segments.subList(1, segments.size()));
    }

    private static void delete(Path partition, List<Path> segments) throws IOException {
        for (Path segment : segments) {
            String name = segment.getFileName().toString();
            for (String suffix : List.of(".log", ".index", ".timeindex", ".txnindex", ".snapshot")) {
                Files.deleteIfExists(partition.resolve(name.replace(".log", suffix)));
            }
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

    /** The offset that the segment files of a partition begin at. */
    public static long firstOffset(Path partition) throws IOException {
        String first = all(partition).get(0).getFileName().toString();
        return Long.parseLong(first.substring(0, first.indexOf('.')));
    }

    /** The offset behind the last whole batch of a partition, 0 where there is none. */
    public static long endOffset(Path partition) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(last(partition).toFile(), "r")) {
            long end = 0;
            for (Batch batch = batchAt(file, 0); batch.end() <= file.length(); batch = batchAt(file, batch.end())) {
                end = batch.lastOffset() + 1;
            }
            return end;
        }
    }

    /** The segment files of a partition by base offset. */
    public static List<Path> all(Path partition) throws IOException {
        try (Stream<Path> files = Files.list(partition)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".log"))
                    .sorted(Comparator.comparing(Path::getFileName))
                    .toList();
        }
    }

    /** Where the first batch begins whose last offset isn't below {@code offset}, or the file's end. */
    private static long positionOf(RandomAccessFile file, long offset) throws IOException {
        Batch batch = batchAt(file, 0);
        while (batch.end() <= file.length() && batch.lastOffset() < offset) {
            batch = batchAt(file, batch.end());
        }
        return Math.min(batch.begin(), file.length());
    }

    /** Reads the fields of KIP-98 that tell how long a batch is; where no header fits, one without end. */
    private static Batch batchAt(RandomAccessFile file, long position) throws IOException {
        if (position + BATCH_HEADER_BYTES > file.length()) {
            return new Batch(position, Long.MAX_VALUE, -1);
        }
        file.seek(position);
        long baseOffset = file.readLong();
        int length = file.readInt();
        file.seek(position + LAST_OFFSET_DELTA);
        return new Batch(position, position + Long.BYTES + Integer.BYTES + length, baseOffset + file.readInt());
    }

    private record Batch(long begin, long end, long lastOffset) {}

    private static Path last(Path partition) throws IOException {
        List<Path> segments = all(partition);
        return segments.get(segments.size() - 1);
    }
}
