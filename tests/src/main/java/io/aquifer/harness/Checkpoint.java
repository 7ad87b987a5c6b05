package io.aquifer.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Offsets of partitions as a broker writes them down in a checkpoint file of a log directory. */
public record Checkpoint(Map<String, Long> offsets) {

    private static final int HEADER_LINES = 2;

    /** Up to where each partition was flushed. A broker writes it now and then, so it may lag. */
    public static Checkpoint recoveryPoints(Path logDir) throws IOException {
        return read(logDir.resolve("recovery-point-offset-checkpoint"));
    }

    /** Up to where each partition was cleaned. */
    public static Checkpoint cleaned(Path logDir) throws IOException {
        return read(logDir.resolve("cleaner-offset-checkpoint"));
    }

    private static Checkpoint read(Path file) throws IOException {
        Map<String, Long> offsets = new HashMap<>();
        for (String line : lines(file)) {
            String[] fields = line.split(" ", -1);
            offsets.put(fields[0] + "-" + fields[1], Long.parseLong(fields[2]));
        }
        return new Checkpoint(offsets);
    }

    /** The offset of a partition, 0 where there is none. */
    public long offset(String topic, int partition) {
        return offsets.getOrDefault(topic + "-" + partition, 0L);
    }

    private static List<String> lines(Path file) throws IOException {
        try {
            return Files.readAllLines(file).stream().skip(HEADER_LINES).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }
}
