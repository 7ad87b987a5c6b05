package io.aquifer.coverage;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.object.ObjectStore;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A fault put into the source of the collector: what is to be replaced must be there exactly once, so that a mutation that the
 * code has left behind is noticed.
 *
 * @param file among the sources of this package
 */
record Mutation(String name, String file, String original, String mutated) {

    private static final Path SOURCES = Path.of("src/main/java/io/aquifer/coverage");

    private void compile(Path folder) throws IOException {
        String source = Files.readString(SOURCES.resolve(file));
        assertThat(source.split(Pattern.quote(original), -1))
                .as("places in %s that read: %s", file, original)
                .hasSize(2);
        Path mutant = Files.createDirectories(folder.resolve("source")).resolve(file);
        Files.writeString(mutant, source.replace(original, mutated));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of(
                    "-proc:none",
                    "-nowarn",
                    "-d",
                    Files.createDirectories(folder.resolve("classes")).toString(),
                    "-cp",
                    location(Collector.class) + File.pathSeparator + location(org.jspecify.annotations.Nullable.class));
            boolean compiled = compiler.getTask(null, files, null, options, null, files.getJavaFileObjects(mutant))
                    .call();
            assertThat(compiled).as("%s compiles", name).isTrue();
        }
    }

    private static Path location(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first of {@code count} seeds whose simulation fails with the mutated class. */
    OptionalLong firstFailure(Path folder, int count) throws IOException, ReflectiveOperationException {
        compile(folder);
        URL[] classes = {
            folder.resolve("classes").toUri().toURL(),
            location(Collector.class).toUri().toURL(),
            location(CollectorSimulationTest.class).toUri().toURL()
        };
        try (OwnClasses loader = new OwnClasses(classes)) {
            Method run =
                    loader.loadClass(CollectorSimulationTest.class.getName()).getDeclaredMethod("run", long.class);
            run.setAccessible(true);
            for (long seed = 1; seed <= count; seed++) {
                try {
                    run.invoke(null, seed);
                } catch (InvocationTargetException e) {
                    System.out.println(name + ": seed " + seed + ": " + e.getCause());
                    return OptionalLong.of(seed);
                }
            }
        }
        return OptionalLong.empty();
    }

    @Override
    public String toString() {
        return name;
    }

    /** Loads the collector and its simulation itself, and everything else from where the tests run. */
    private static final class OwnClasses extends URLClassLoader {

        OwnClasses(URL[] classes) {
            super(classes, ObjectStore.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("io.aquifer.coverage.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? findClass(name) : loaded;
            }
        }
    }
}
