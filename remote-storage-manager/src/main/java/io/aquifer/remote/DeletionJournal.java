package io.aquifer.remote;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * The keys of objects whose deletion has been promised and not been done, in a local file that outlives the process.
 *
 * <p>The first line is {@code aquifer-deletions 1}; every other one is the CRC32C of a key in eight hexadecimal digits, a
 * space and the key. Lines are only added, until nothing is left to be deleted or what is done outweighs what isn't: then
 * the file is written anew. A line too many is harmless, for deleting twice is; so a line is durable before its deletion is
 * promised, and may stay behind. A last line that was cut off was never promised.
 *
 * <p>A local file, and no object in the store: noting a deletion there would take as long as deleting. If the file is lost,
 * objects stay behind that nothing refers to.
 */
final class DeletionJournal implements Closeable {

    private static final String HEADER = "aquifer-deletions 1";
    /** Lines that are done and left in the file, beyond as many as are not done. */
    private static final int SLACK = 10_000;

    private final Path path;
    private final Set<String> pending;
    /** Not a channel: interrupting a thread of the broker would close it. */
    private RandomAccessFile file;

    private int lines;

    private DeletionJournal(Path path, Set<String> pending) throws IOException {
        this.path = path;
        this.pending = pending;
        this.file = rewritten();
    }

    /**
     * The journal in a file, which is created if it doesn't exist.
     *
     * @throws IOException also when the file isn't a journal
     */
    static DeletionJournal open(Path path) throws IOException {
        Set<String> pending = new LinkedHashSet<>();
        if (Files.exists(path) && Files.size(path) > 0) {
            List<String> lines = Files.readAllLines(path, StandardCharsets.ISO_8859_1);
            if (!lines.get(0).equals(HEADER)) {
                throw new IOException(
                        path + " isn't a journal of deletions that this Aquifer reads: it doesn't begin with '" + HEADER
                                + "'. Set " + S3StorageConfig.DELETIONS_PATH_CONFIG + " to a file of its own");
            }
            for (String line : lines) {
                String key = line.substring(Math.min(line.length(), 9));
                if (!key.isEmpty() && line.equals(line(key))) {
                    pending.add(key);
                }
            }
        }
        return new DeletionJournal(path, pending);
    }

    private static String line(String key) {
        CRC32C crc = new CRC32C();
        crc.update(key.getBytes(StandardCharsets.ISO_8859_1));
        return String.format(Locale.ROOT, "%08x %s", crc.getValue(), key);
    }

    /** Notes durably that an object is to be deleted. Returns whether it wasn't noted already. */
    synchronized boolean add(String key) throws IOException {
        if (pending.contains(key)) {
            return false;
        }
        long end = file.length();
        try {
            file.seek(end);
            file.write((line(key) + "\n").getBytes(StandardCharsets.ISO_8859_1));
            file.getFD().sync();
        } catch (IOException e) {
            file.setLength(end);
            throw e;
        }
        lines++;
        pending.add(key);
        return true;
    }

    /** Notes that objects have been deleted. */
    synchronized void done(Collection<String> keys) throws IOException {
        keys.forEach(pending::remove);
        if (pending.isEmpty() || lines > 2 * pending.size() + SLACK) {
            RandomAccessFile old = file;
            file = rewritten();
            old.close();
        }
    }

    /** Whether the object is to be deleted. */
    synchronized boolean contains(String key) {
        return pending.contains(key);
    }

    /** At most so many of those to be deleted, the oldest first. */
    synchronized List<String> oldest(int limit) {
        return pending.stream().limit(limit).toList();
    }

    synchronized int size() {
        return pending.size();
    }

    private RandomAccessFile rewritten() throws IOException {
        Path next = path.resolveSibling(path.getFileName() + ".next");
        Files.deleteIfExists(next);
        RandomAccessFile written = new RandomAccessFile(next.toFile(), "rw");
        try {
            StringBuilder text = new StringBuilder(HEADER).append('\n');
            pending.forEach(key -> text.append(line(key)).append('\n'));
            written.write(text.toString().getBytes(StandardCharsets.ISO_8859_1));
            written.getFD().sync();
            Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            // or what is added to the new file would be lost with it when the machine fails
            try (FileChannel folder = FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
                folder.force(true);
            }
        } catch (IOException e) {
            written.close();
            throw e;
        }
        lines = pending.size();
        return written;
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }
}
