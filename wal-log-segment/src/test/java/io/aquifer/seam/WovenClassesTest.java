package io.aquifer.seam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import net.bytebuddy.ByteBuddy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WovenClassesTest {

    private static final String NAME = "kafka.woven.Example";

    @TempDir
    private Path folder;

    @Test
    void acceptsAClassPathOnWhichTheAquiferJarComesFirst() throws IOException {
        URL aquifer = aquiferJar("aquifer kafka.jar");
        try (URLClassLoader classPath = classPath(aquifer, kafkaJar())) {
            WovenClasses woven = WovenClasses.on(classPath);

            woven.verify(classPath, "4.3.1");

            assertThat(woven.names()).containsExactly(NAME);
            assertThat(woven.home()).isEqualTo(aquifer.toString());
        }
    }

    @Test
    void acceptsAFolderInThePlaceOfTheJar() throws IOException {
        Path list = folder.resolve("classes").resolve(WovenClasses.RESOURCE);
        Files.createDirectories(list.getParent());
        Files.writeString(list, list());
        Path classFile = folder.resolve("classes/kafka/woven/Example.class");
        Files.createDirectories(classFile.getParent());
        Files.write(classFile, example());
        URL aquifer = folder.resolve("classes").toUri().toURL();

        try (URLClassLoader classPath = classPath(aquifer, kafkaJar())) {
            WovenClasses woven = WovenClasses.on(classPath);
            woven.verify(classPath, "4.3.1");

            assertThat(woven.home()).isEqualTo(aquifer.toString());
        }
    }

    @Test
    void refusesAClassPathOnWhichKafkaComesFirst() throws IOException {
        URL aquifer = aquiferJar("zz.jar");
        URL kafka = kafkaJar();
        try (URLClassLoader classPath = classPath(kafka, aquifer)) {
            WovenClasses woven = WovenClasses.on(classPath);

            assertThatThrownBy(() -> woven.verify(classPath, "4.3.1"))
                    .isInstanceOf(ClassPathException.class)
                    .hasMessageContaining(NAME)
                    .hasMessageContaining("loaded from " + kafka)
                    .hasMessageContaining("expected from " + aquifer)
                    .hasMessageContaining("a name that sorts before");
        }
    }

    @Test
    void refusesAnotherVersionOfKafka() throws IOException {
        try (URLClassLoader classPath = classPath(aquiferJar("aquifer.jar"))) {
            WovenClasses woven = WovenClasses.on(classPath);

            assertThatThrownBy(() -> woven.verify(classPath, "4.4.0"))
                    .isInstanceOf(ClassPathException.class)
                    .hasMessageContaining("Kafka here is 4.4.0")
                    .hasMessageContaining("is for Kafka 4.3.1");
        }
    }

    @Test
    void refusesTwoAquiferJars() throws IOException {
        try (URLClassLoader classPath = classPath(aquiferJar("old.jar"), aquiferJar("new.jar"))) {
            assertThatThrownBy(() -> WovenClasses.on(classPath))
                    .isInstanceOf(ClassPathException.class)
                    .hasMessageContaining("old.jar")
                    .hasMessageContaining("new.jar")
                    .hasMessageContaining("Remove all but");
        }
    }

    @Test
    void refusesAClassPathWithoutTheList() throws IOException {
        try (URLClassLoader classPath = classPath(kafkaJar())) {
            assertThatThrownBy(() -> WovenClasses.on(classPath))
                    .isInstanceOf(ClassPathException.class)
                    .hasMessageContaining("No Aquifer JAR");
        }
    }

    @Test
    void refusesAJarThatLacksAWovenClass() throws IOException {
        URL incomplete = jar("incomplete.jar", WovenClasses.RESOURCE, list().getBytes(StandardCharsets.UTF_8));
        try (URLClassLoader classPath = classPath(incomplete)) {
            WovenClasses woven = WovenClasses.on(classPath);

            assertThatThrownBy(() -> woven.verify(classPath, "4.3.1"))
                    .isInstanceOf(ClassPathException.class)
                    .hasMessageContaining(NAME + " can't be loaded")
                    .hasCauseInstanceOf(ClassNotFoundException.class);
        }
    }

    private static URLClassLoader classPath(URL... urls) {
        return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
    }

    private URL kafkaJar() throws IOException {
        return jar("kafka.jar", "kafka/woven/Example.class", example());
    }

    private URL aquiferJar(String name) throws IOException {
        return jar(
                name,
                "kafka/woven/Example.class",
                example(),
                WovenClasses.RESOURCE,
                list().getBytes(StandardCharsets.UTF_8));
    }

    private static String list() {
        return "kafka.version=4.3.1\nclasses=" + NAME + "\n";
    }

    private static byte[] example() {
        return new ByteBuddy().subclass(Object.class).name(NAME).make().getBytes();
    }

    private URL jar(String name, Object... entries) throws IOException {
        Path file = folder.resolve(name);
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < entries.length; i += 2) {
                jar.putNextEntry(new JarEntry((String) entries[i]));
                jar.write((byte[]) entries[i + 1]);
            }
        }
        return file.toUri().toURL();
    }
}
