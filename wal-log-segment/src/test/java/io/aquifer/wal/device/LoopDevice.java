package io.aquifer.wal.device;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** A real block device over a file, for as long as it is open. Skips the test where there can be none. */
public final class LoopDevice implements AutoCloseable {

    private final String path;

    private LoopDevice(String path) {
        this.path = path;
    }

    public static LoopDevice over(Path file, long size) throws IOException {
        try (RandomAccessFile backing = new RandomAccessFile(file.toFile(), "rw")) {
            backing.setLength(size);
        }
        return over(file);
    }

    public static LoopDevice over(Path file) throws IOException {
        Command.Outcome outcome = Command.run("losetup", "--show", "--find", "--direct-io=on", file.toString());
        assumeTrue(outcome.status() == 0, "no loop device can be had here: " + outcome.output());
        return new LoopDevice(outcome.output().strip());
    }

    public Path path() {
        return Path.of(path);
    }

    @Override
    public void close() throws IOException {
        Command.Outcome outcome = Command.run("losetup", "--detach", path);
        if (outcome.status() != 0) {
            throw new IOException(path + " was not detached: " + outcome.output());
        }
    }
}
