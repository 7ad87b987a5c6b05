package io.aquifer.harness;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Something to put a WAL on: a raw loop device where this process may make one, a preallocated file elsewhere.
 *
 * <p>A loop device is told to detach at its last close right after it was attached, and held open here: it goes away
 * with this process and the broker, however they end.
 */
public final class WalDevice implements AutoCloseable {

    private static final Duration LOSETUP_LIMIT = Duration.ofSeconds(20);
    private static final int ZEROS = 4 << 20;

    /** What a WAL lies on. */
    public enum Kind {
        LOOP_DEVICE("a loop device with direct I/O"),
        FILE("a preallocated file with direct I/O");

        private final String description;

        Kind(String description) {
            this.description = description;
        }

        @Override
        public String toString() {
            return description;
        }
    }

    private final Kind kind;
    private final Path path;
    private final Path file;
    private final long bytes;
    private final @Nullable FileChannel hold;

    private WalDevice(Kind kind, Path path, Path file, long bytes, @Nullable FileChannel hold) {
        this.kind = kind;
        this.path = path;
        this.file = file;
        this.bytes = bytes;
        this.hold = hold;
    }

    /** A loop device over a new file in {@code folder} where that is possible, and the file itself otherwise. */
    public static WalDevice create(Path folder, String name, long bytes) throws IOException {
        WalDevice plain = file(folder, name, bytes);
        if (!mayAttach()) {
            return plain;
        }
        Command.Result attached =
                Command.run(LOSETUP_LIMIT, "losetup", "--show", "-f", "--direct-io=on", plain.file.toString());
        if (attached.exitStatus() != 0) {
            return plain;
        }
        Path device = Path.of(attached.output().strip());
        FileChannel hold = FileChannel.open(device, StandardOpenOption.READ);
        Command.run(LOSETUP_LIMIT, "losetup", "-d", device.toString()).orThrow();
        return new WalDevice(Kind.LOOP_DEVICE, device, plain.file, bytes, hold);
    }

    /** A new file in {@code folder}, every byte of it written once so that no later write has to allocate. */
    public static WalDevice file(Path folder, String name, long bytes) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve(name);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS);
            for (long written = 0; written < bytes; ) {
                zeros.clear().limit((int) Math.min(ZEROS, bytes - written));
                written += channel.write(zeros);
            }
            channel.force(true);
        }
        return new WalDevice(Kind.FILE, file, file, bytes, null);
    }

    public Kind kind() {
        return kind;
    }

    /** What goes into {@code aquifer.wal.path}. */
    public Path path() {
        return path;
    }

    /** Size in bytes. */
    public long bytes() {
        return bytes;
    }

    @Override
    public void close() throws IOException {
        if (hold != null) {
            hold.close();
        }
        Files.deleteIfExists(file);
    }

    @Override
    public String toString() {
        return path + " (" + kind + ", " + (bytes >> 20) + " MiB)";
    }

    private static boolean mayAttach() {
        return Command.exists("losetup")
                && Files.isReadable(Path.of("/dev/loop-control"))
                && Files.isWritable(Path.of("/dev/loop-control"));
    }
}
