package io.aquifer.wal.device;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Makes all that was written to a file system durable at once, names of files included: for many small files it takes a moment
 * where a flush of each takes minutes.
 *
 * <p>A write that fails is noticed from the opening on, by kernels since Linux 5.8.
 */
public final class FileSystemSync implements Closeable {

    private final NativeIo io;
    private final Path directory;
    private final int fd;

    private FileSystemSync(NativeIo io, Path directory, int fd) {
        this.io = io;
        this.directory = directory;
        this.fd = fd;
    }

    /**
     * Opens the file system of a directory, before anything is written to it that is to be made durable.
     *
     * @throws IOException if the directory can't be opened
     */
    public static FileSystemSync open(NativeIo io, Path directory) throws IOException {
        int fd = io.open(directory.toString(), NativeIo.O_RDONLY | NativeIo.O_CLOEXEC, 0);
        if (fd < 0) {
            throw new IOException("The directory " + directory + " can't be opened: " + Errno.describe(-fd));
        }
        return new FileSystemSync(io, directory, fd);
    }

    /**
     * Returns when all that was written is durable.
     *
     * @throws IOException if it isn't, or some of what was written since the opening isn't
     */
    public void sync() throws IOException {
        int result;
        do {
            result = io.syncfs(fd);
        } while (result == -Errno.EINTR);
        if (result < 0) {
            throw new IOException("Making what was written to the file system of " + directory
                    + " durable failed (syncfs: " + Errno.describe(-result)
                    + "). Look for errors of its disk in the kernel log, and restart the broker");
        }
    }

    @Override
    public void close() {
        io.close(fd);
    }
}
