package io.aquifer.log;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.Utils;

/** What a loss of power does to the files of a partition. */
final class LocalFiles {

    private LocalFiles() {}

    /** The process dies, and of the partition's segments nothing is left, as if none had been flushed. */
    static void lose(File dir, Runnable crash) throws IOException {
        crash.run();
        for (File file : files(dir)) {
            if (!file.getName().startsWith("aquifer") && !file.getName().equals("partition.metadata")) {
                Files.delete(file.toPath());
            }
        }
    }

    /** The newest segment's records. */
    static File newestSegment(File dir) {
        return segments(dir).get(segments(dir).size() - 1);
    }

    static List<File> segments(File dir) {
        return files(dir).stream()
                .filter(file -> file.getName().endsWith(".log"))
                .toList();
    }

    static List<File> files(File dir) {
        return Arrays.stream(dir.listFiles())
                .sorted(Comparator.comparing(File::getName))
                .toList();
    }

    static void cut(File file, long length) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file, "rw")) {
            open.setLength(length);
        }
    }

    /** Keeps the length and loses what is behind {@code from}. */
    static void zero(File file, long from) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file, "rw")) {
            open.seek(from);
            open.write(new byte[Math.toIntExact(open.length() - from)]);
        }
    }

    static void append(File file, MemoryRecords records) throws IOException {
        try (FileChannel open = FileChannel.open(file.toPath(), StandardOpenOption.APPEND)) {
            records.writeFullyTo(open);
        }
    }

    static void flip(File file, long position) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file, "rw")) {
            open.seek(position);
            int value = open.read();
            open.seek(position);
            open.write(value ^ 1);
        }
    }

    static void deleteAll(File dir) throws IOException {
        Utils.delete(dir);
    }

    static void copy(File from, File to) throws IOException {
        Files.createDirectories(to.toPath());
        try (Stream<Path> files = Files.list(from.toPath())) {
            for (Path file : files.toList()) {
                Files.copy(file, to.toPath().resolve(file.getFileName()));
            }
        }
    }
}
