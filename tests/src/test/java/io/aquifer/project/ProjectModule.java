package io.aquifer.project;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A module of the product: where its sources and classes lie, and which rooms (packages) it may have. */
record ProjectModule(String name, List<String> rooms) {

    static final ProjectModule S3_TIER = new ProjectModule(
            "s3-tier",
            List.of(
                    "io.aquifer.object..",
                    "io.aquifer.format..",
                    "io.aquifer.cache..",
                    "io.aquifer.config..",
                    "io.aquifer.metrics..",
                    "io.aquifer.coverage.."));
    static final ProjectModule WAL_LOG_SEGMENT = new ProjectModule(
            "wal-log-segment",
            List.of(
                    "io.aquifer.wal..",
                    "io.aquifer.log..",
                    "io.aquifer.rebuild..",
                    "io.aquifer.garbage..",
                    "io.aquifer.controller..",
                    "io.aquifer.takeover..",
                    "io.aquifer.mirror..",
                    "io.aquifer.seam.."));
    static final ProjectModule REMOTE_STORAGE_MANAGER =
            new ProjectModule("remote-storage-manager", List.of("io.aquifer.remote.."));
    static final ProjectModule KAFKA_DISTRO =
            new ProjectModule("kafka-distro", List.of("io.aquifer.cli..", "io.aquifer.move..", "io.aquifer.weave.."));
    static final List<ProjectModule> ALL = List.of(S3_TIER, WAL_LOG_SEGMENT, REMOTE_STORAGE_MANAGER, KAFKA_DISTRO);

    /** The folder of the whole project, this module's parent. */
    static Path root() {
        Path tests = Path.of(System.getProperty("basedir", "tests"));
        return tests.toAbsolutePath().normalize().getParent();
    }

    private Path folder() {
        return root().resolve(name);
    }

    Path classes() {
        return folder().resolve("target/classes");
    }

    /** The packages that have a source file here. */
    Set<String> packages() {
        Path sources = folder().resolve("src/main/java");
        if (!Files.isDirectory(sources)) {
            return Set.of();
        }
        try (Stream<Path> files = Files.walk(sources)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(file -> sources.relativize(file).getParent().toString().replace('/', '.'))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException("Can't list the sources in " + sources, e);
        }
    }

    DescribedPredicate<JavaClass> contents() {
        String location = classes().toUri().toString();
        return DescribedPredicate.describe(
                "are of " + name,
                type -> type.getBaseComponentType()
                        .getSource()
                        .map(source -> source.getUri().toString().startsWith(location))
                        .orElse(false));
    }
}
