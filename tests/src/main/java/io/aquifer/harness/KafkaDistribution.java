package io.aquifer.harness;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A plain folder of Kafka's released jars, with or without the Aquifer JAR among them. */
public final class KafkaDistribution {

    private final Path folder;

    private KafkaDistribution(Path folder) {
        this.folder = folder;
    }

    /** Lays out Kafka 4.3.1 as it was released. */
    public static KafkaDistribution stock(Path folder) throws IOException {
        Path libs = folder.resolve("libs");
        Files.createDirectories(libs);
        Path released = Folders.repository().resolve("tests/kafka/target/libs");
        if (!Files.isDirectory(released)) {
            throw new IllegalStateException(
                    "Kafka's jars are not in " + released + ": build with ./mvnw -DskipTests package");
        }
        try (Stream<Path> jars = Files.list(released)) {
            for (Path jar : jars.toList()) {
                place(jar, libs.resolve(jar.getFileName()));
            }
        }
        Path config = folder.resolve("config");
        Files.createDirectories(config);
        try (InputStream log4j = KafkaDistribution.class.getResourceAsStream("log4j2.xml")) {
            Files.write(
                    config.resolve("log4j2.xml"), Objects.requireNonNull(log4j).readAllBytes());
        }
        return new KafkaDistribution(folder);
    }

    /** Lays out Kafka 4.3.1 and drops the Aquifer JAR beside Kafka's own. */
    public static KafkaDistribution withAquifer(Path folder) throws IOException {
        Path jar = Folders.aquiferJar();
        return stock(folder).drop(jar, jar.getFileName().toString());
    }

    /** Copies {@code jar} into the folder as {@code name}, which decides its place on the class path. */
    public KafkaDistribution drop(Path jar, String name) throws IOException {
        place(jar, folder.resolve("libs").resolve(name));
        return this;
    }

    /** Takes the only jar whose name begins with {@code prefix} out of the folder. */
    public KafkaDistribution without(String prefix) throws IOException {
        List<Path> found = jars().stream()
                .filter(jar -> jar.getFileName().toString().startsWith(prefix))
                .toList();
        if (found.size() != 1) {
            throw new IllegalArgumentException("Expected one jar beginning with " + prefix + ", found " + found);
        }
        Files.delete(found.get(0));
        return this;
    }

    /** All jars, in the order in which {@code kafka-run-class.sh} puts {@code libs/*} on the class path. */
    public List<Path> jars() throws IOException {
        try (Stream<Path> jars = Files.list(folder.resolve("libs"))) {
            return jars.sorted().toList();
        }
    }

    /** A JVM on this folder's class path, not yet started. */
    public ProcessBuilder java(List<String> options, String mainClass, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.add("-Dlog4j2.configurationFile=" + folder.resolve("config/log4j2.xml"));
        command.add("-cp");
        command.add(jars().stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        command.add(mainClass);
        command.addAll(arguments);
        return new ProcessBuilder(command);
    }

    private static void place(Path jar, Path target) throws IOException {
        Files.deleteIfExists(target);
        try {
            Files.createLink(target, jar);
        } catch (UnsupportedOperationException | IOException e) {
            // Another file system, or one without hard links.
            Files.copy(jar, target);
        }
    }
}
