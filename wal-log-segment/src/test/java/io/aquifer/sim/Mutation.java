package io.aquifer.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A fault put into the source of the WAL: what is to be replaced must be there exactly once, so that a mutation that the
 * code has left behind is noticed.
 *
 * @param simulation that is to notice it
 * @param file below the sources of {@code io.aquifer.wal}
 */
record Mutation(String name, Class<?> simulation, String file, String original, String mutated) {

    Mutation(String name, String file, String original, String mutated) {
        this(name, WalSimulation.class, file, original, mutated);
    }

    private static final Path SOURCES = Path.of("src/main/java/io/aquifer/wal");

    /** Compiles the mutated class into {@code folder}. */
    private void compile(Path folder) throws IOException {
        String source = Files.readString(SOURCES.resolve(file));
        assertThat(source.split(Pattern.quote(original), -1))
                .as("places in %s that read: %s", file, original)
                .hasSize(2);
        Path mutant = Files.createDirectories(
                        folder.resolve("source").resolve(file).getParent())
                .resolve(Path.of(file).getFileName());
        Files.writeString(mutant, source.replace(original, mutated));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of(
                    "-proc:none",
                    "-nowarn",
                    "-d",
                    Files.createDirectories(folder.resolve("classes")).toString(),
                    "-cp",
                    location(io.aquifer.wal.Wal.class)
                            + File.pathSeparator
                            + location(io.aquifer.format.WalObjects.class)
                            + File.pathSeparator
                            + location(org.jspecify.annotations.Nullable.class));
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
            location(io.aquifer.wal.Wal.class).toUri().toURL(),
            location(WalSimulation.class).toUri().toURL()
        };
        try (OwnClasses loader = new OwnClasses(classes)) {
            Class<?> simulated = loader.loadClass(simulation.getName());
            Constructor<?> constructor = simulated.getDeclaredConstructor(RandomGenerator.class);
            constructor.setAccessible(true);
            Method run = simulated.getDeclaredMethod("run");
            run.setAccessible(true);
            for (long seed = 1; seed <= count; seed++) {
                Object life = constructor.newInstance(Seeds.random(seed));
                try {
                    run.invoke(life);
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

    /** Loads the WAL and its simulation itself, and everything else, the device included, from where the tests run. */
    private static final class OwnClasses extends URLClassLoader {

        OwnClasses(URL[] classes) {
            super(classes, Mutation.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            boolean wal = name.startsWith("io.aquifer.wal.") && !name.startsWith("io.aquifer.wal.device.");
            boolean own = wal || name.startsWith("io.aquifer.sim.");
            if (!own) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? findClass(name) : loaded;
            }
        }
    }
}
