package io.aquifer.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A raw block device that fails or hangs on demand: a loop device over a file that nbdfuse shows of what nbdkit serves,
 * where a filter answers writes with EIO while a certain file exists.
 */
public final class FaultyDevice implements AutoCloseable {

    /** What this machine must have, in words for a test that can't run without it. */
    public static final String NEEDS =
            "needs root, losetup, /dev/fuse, nbdkit with its error filter, and nbdfuse (packages nbdkit, libnbd-bin)";

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final WalDevice backing;
    private final Path folder;
    private final Process server;
    private final Process mount;
    private final Path path;

    private FaultyDevice(WalDevice backing, Path folder, Process server, Process mount, Path path) {
        this.backing = backing;
        this.folder = folder;
        this.server = server;
        this.mount = mount;
        this.path = path;
    }

    /** True where one can be made here. */
    public static boolean isAvailable() {
        return List.of("losetup", "nbdkit", "nbdfuse", "umount").stream().allMatch(Command::exists)
                && Files.isWritable(Path.of("/dev/loop-control"))
                && Files.isWritable(Path.of("/dev/fuse"));
    }

    /** A device of {@code bytes} bytes that is in good health. */
    public static FaultyDevice create(Path folder, long bytes) throws IOException {
        WalDevice backing = WalDevice.file(folder, "backing", bytes);
        Path socket = folder.resolve("socket");
        Process server = start(
                "nbdkit",
                "--foreground",
                "--unix",
                socket.toString(),
                "--filter=error",
                "file",
                backing.path().toString(),
                "error-pwrite-rate=100%",
                "error-pwrite-file=" + trigger(folder));
        Await.until("nbdkit's socket", LIMIT, () -> Files.exists(socket));
        Path shown = Files.createDirectories(folder.resolve("mount")).resolve("device");
        Process mount = start("nbdfuse", shown.toString(), "nbd+unix:///?socket=" + socket);
        Await.until("nbdfuse's file", LIMIT, () -> Files.size(shown) == bytes);
        Path path = Path.of(Command.run(LIMIT, "losetup", "--show", "-f", shown.toString())
                .orThrow()
                .output()
                .strip());
        return new FaultyDevice(backing, folder, server, mount, path);
    }

    public Path path() {
        return path;
    }

    /** Every write fails with EIO from now on. */
    public void failWrites() throws IOException {
        Files.createFile(trigger(folder));
    }

    /** Every request waits from now on. A process with a request under way can't end before {@link #heal}. */
    public void hang() {
        signal("STOP");
    }

    /** Everything works again. */
    public void heal() throws IOException {
        Files.deleteIfExists(trigger(folder));
        signal("CONT");
    }

    @Override
    public void close() throws IOException {
        heal();
        Command.run(LIMIT, "losetup", "-d", path.toString());
        Command.run(LIMIT, "umount", "-l", folder.resolve("mount").toString());
        mount.destroyForcibly();
        server.destroyForcibly();
        backing.close();
    }

    private void signal(String name) {
        Command.run(LIMIT, "kill", "-" + name, Long.toString(server.pid())).orThrow();
    }

    private static Path trigger(Path folder) {
        return folder.resolve("fail-writes");
    }

    private static Process start(String... command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
