package io.aquifer.harness;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Folders of this repository and folders that live as long as a run. */
public final class Folders {

    /** System property that keeps what runs leave behind, to be looked at after a failure. */
    public static final String KEEP = "aquifer.keep.runs";

    private Folders() {}

    /** The top of the repository that this class was built in. */
    public static Path repository() {
        Path place = Path.of(Folders.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        for (Path folder = place; folder != null; folder = folder.getParent()) {
            if (Files.isRegularFile(folder.resolve("tests/kafka/pom.xml"))) {
                return folder;
            }
        }
        throw new IllegalStateException(place + " is not inside the Aquifer repository: run ./aquifer from a checkout");
    }

    /** The drop-in JAR as built last. */
    public static Path aquiferJar() throws IOException {
        Path target = repository().resolve("kafka-distro/target");
        List<Path> found = Files.isDirectory(target) ? list(target, "aquifer-kafka_") : List.of();
        if (found.size() != 1) {
            throw new IllegalStateException("Expected one aquifer-kafka_*.jar in " + target + ", found " + found
                    + ": build with ./mvnw -DskipTests package");
        }
        return found.get(0);
    }

    /** A new folder for one run, inside the build's output so that it is on a disk and not in memory. */
    public static Scratch scratch(String name) throws IOException {
        Path runs = repository().resolve("tests/target/runs");
        Files.createDirectories(runs);
        return new Scratch(Files.createTempDirectory(runs, name + "-"));
    }

    /** Removes a folder and all that is in it. */
    public static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Copies the files of a folder, and none of the folders in it, to a new one. */
    public static void copyFiles(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private static List<Path> list(Path folder, String prefix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> {
                        String name = file.getFileName().toString();
                        return name.startsWith(prefix) && name.endsWith(".jar") && !name.endsWith("-sources.jar");
                    })
                    .toList();
        }
    }

    /** A folder that is removed when closed, unless {@value #KEEP} is true. */
    public record Scratch(Path path) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            if (!Boolean.getBoolean(KEEP)) {
                delete(path);
            }
        }
    }
}
