package io.aquifer.rebuild;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import java.util.zip.CRC32C;
import org.apache.kafka.common.utils.Utils;

/**
 * The file in a partition's directory that says as which log the WAL knows it, so that a directory that was deleted and
 * made anew isn't taken for the old one.
 *
 * <p>One line of text: {@code v1 <incarnation, 16 hex digits> <CRC32C of what is before, 8 hex digits>}.
 */
public final class IncarnationFile {

    public static final String NAME = "aquifer.incarnation";

    private static final String VERSION = "v1";

    private IncarnationFile() {}

    /**
     * The incarnation of the log in {@code dir}, empty if it was never shared.
     *
     * @throws IOException if the file is there and damaged
     */
    public static OptionalLong read(File dir) throws IOException {
        Path file = dir.toPath().resolve(NAME);
        if (!Files.exists(file)) {
            return OptionalLong.empty();
        }
        String line = new String(Files.readAllBytes(file), StandardCharsets.US_ASCII).strip();
        String[] fields = line.split(" ", -1);
        if (fields.length != 3 || !fields[0].equals(VERSION) || !fields[2].equals(checksum(fields[1]))) {
            throw new IOException("The file " + file + " holds '" + line + "', which isn't what Aquifer wrote there. "
                    + "Restore it from a backup, or remove the directory if its partition can be lost.");
        }
        return OptionalLong.of(Long.parseUnsignedLong(fields[1], 16));
    }

    /** Writes the file durably. */
    public static void write(File dir, long incarnation) throws IOException {
        write(dir, incarnation, true);
    }

    /** Writes the file. It is durable once its file system is synced. */
    public static void writeUnsynced(File dir, long incarnation) throws IOException {
        write(dir, incarnation, false);
    }

    private static void write(File dir, long incarnation, boolean durably) throws IOException {
        String hex = String.format("%016x", incarnation);
        String line = VERSION + " " + hex + " " + checksum(hex) + "\n";
        Path file = dir.toPath().resolve(NAME);
        Path temporary = dir.toPath().resolve(NAME + ".tmp");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.US_ASCII.encode(line);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            if (durably) {
                channel.force(true);
            }
        }
        Utils.atomicMoveWithFallback(temporary, file, durably);
    }

    public static void delete(File dir) throws IOException {
        if (deleteUnsynced(dir)) {
            Utils.flushDir(dir.toPath());
        }
    }

    /** Deletes the file, if there is one. It is gone for good once its file system is synced. */
    static boolean deleteUnsynced(File dir) throws IOException {
        return Files.deleteIfExists(dir.toPath().resolve(NAME));
    }

    private static String checksum(String hex) {
        CRC32C crc = new CRC32C();
        crc.update((VERSION + " " + hex).getBytes(StandardCharsets.US_ASCII));
        return String.format("%08x", crc.getValue());
    }
}
