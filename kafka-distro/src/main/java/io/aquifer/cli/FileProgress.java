package io.aquifer.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Tells how far a large file has been written, every tenth of it. */
final class FileProgress implements LongConsumer {

    private static final long LARGE = 1L << 30;

    private final Path path;
    private final long size;
    private final PrintWriter out;
    private long tenths;

    /** @param size in bytes, null if no file is written */
    FileProgress(Path path, @Nullable Long size, PrintWriter out) {
        this.path = path;
        this.size = size == null ? 0 : size;
        this.out = out;
    }

    @Override
    public void accept(long written) {
        long now = written / Math.max(1, size / 10);
        if (size >= LARGE && now > tenths) {
            tenths = now;
            out.println("Writing " + path + ": " + 10 * now + " % of " + ByteSize.inWords(size));
            out.flush();
        }
    }
}
