package io.aquifer.cli;

import io.aquifer.wal.layout.Superblock;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * Log directories that got their {@code meta.properties} back.
 *
 * @param directories id of each, by its path, in the order in which they were given
 * @param forgotten ids that the WAL had and none of the directories has: what was in those is lost
 */
record RestoredDirectories(String clusterId, int nodeId, Map<String, String> directories, List<String> forgotten) {

    private static final String FILE = "meta.properties";

    /**
     * Writes the file where it is missing. All is checked before anything is written.
     *
     * <p>Which of several lost directories had which id isn't known, and doesn't matter: each is empty, and the controller is
     * told what comes to lie where.
     *
     * @throws RefusedException if a directory belongs to another broker, or there are not enough ids
     */
    static RestoredDirectories restore(Superblock superblock, List<Path> logDirs) throws IOException {
        List<String> free = new ArrayList<>();
        superblock.directoryIds().forEach(id -> free.add(TopicId.inKafkasForm(id)));
        List<Path> lost = new ArrayList<>();
        for (Path dir : logDirs) {
            if (Files.exists(dir.resolve(FILE))) {
                free.remove(idOf(superblock, dir));
            } else {
                lost.add(dir);
            }
        }
        if (lost.size() > free.size()) {
            throw new RefusedException(lost.size() + " directories have no " + FILE + ", and the WAL has "
                    + free.size() + " ids that none of the others has. Give all of the broker's log directories; one"
                    + " that is new is formatted with kafka-storage.sh.");
        }
        Map<String, String> restored = new LinkedHashMap<>();
        for (int i = 0; i < lost.size(); i++) {
            write(superblock, lost.get(i), free.get(i));
            restored.put(lost.get(i).toString(), free.get(i));
        }
        return new RestoredDirectories(
                superblock.clusterId(),
                superblock.nodeId(),
                restored,
                List.copyOf(free.subList(lost.size(), free.size())));
    }

    private static String idOf(Superblock superblock, Path dir) throws IOException {
        Properties found = new Properties();
        try (BufferedReader reader = Files.newBufferedReader(dir.resolve(FILE), StandardCharsets.UTF_8)) {
            found.load(reader);
        }
        String cluster = found.getProperty("cluster.id", "");
        String node = found.getProperty("node.id", "");
        if (!cluster.equals(superblock.clusterId()) || !node.equals(String.valueOf(superblock.nodeId()))) {
            throw new RefusedException(
                    dir + " belongs to node " + node + " of cluster " + cluster + ", the WAL to node "
                            + superblock.nodeId() + " of cluster " + superblock.clusterId() + ". Check the paths.");
        }
        return found.getProperty("directory.id", "");
    }

    private static void write(Superblock superblock, Path dir, String id) throws IOException {
        Files.createDirectories(dir);
        String text = "version=1\ncluster.id=" + superblock.clusterId() + "\nnode.id=" + superblock.nodeId()
                + "\ndirectory.id=" + id + "\n";
        Path temporary = dir.resolve(FILE + ".tmp");
        try (FileChannel file = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(true);
        }
        Files.move(temporary, dir.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    }

    String inWords() {
        if (directories.isEmpty() && forgotten.isEmpty()) {
            return "Every directory has its " + FILE + ": nothing to do.";
        }
        StringBuilder text = new StringBuilder();
        directories.forEach((dir, id) -> text.append(dir)
                .append(": directory ")
                .append(id)
                .append(" of node ")
                .append(nodeId)
                .append('\n'));
        forgotten.forEach(id -> text.append("The WAL has forgotten directory ")
                .append(id)
                .append(": what was in it is rebuilt in the others\n"));
        return text.toString().stripTrailing();
    }
}
