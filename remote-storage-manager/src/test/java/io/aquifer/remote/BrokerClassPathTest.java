package io.aquifer.remote;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerClassPathTest {

    private static final String LIST = "META-INF/aquifer/woven-classes.properties";
    private static final String LOG_MANAGER = "kafka/log/LogManager$.class";

    @TempDir
    private Path folder;

    @Test
    void acceptsTheAquiferJarBeforeKafkas() throws IOException {
        try (URLClassLoader classPath = classPath(jar("aquifer-kafka.jar", LIST, LOG_MANAGER), kafkaJar())) {
            assertThatCode(new BrokerClassPath(classPath, classPath)::requireWovenClasses)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void acceptsAFolderInThePlaceOfTheJar() throws IOException {
        Path classes = folder.resolve("classes");
        for (String name : new String[] {LIST, LOG_MANAGER}) {
            Files.createDirectories(classes.resolve(name).getParent());
            Files.write(classes.resolve(name), content(name));
        }

        try (URLClassLoader classPath = classPath(classes.toUri().toURL(), kafkaJar())) {
            assertThatCode(new BrokerClassPath(classPath, classPath)::requireWovenClasses)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void neitherManagerStartsWithTheAquiferJarAfterKafkas() throws IOException {
        URL kafka = kafkaJar();
        URL aquifer = jar("zz-aquifer.jar", LIST, LOG_MANAGER);
        try (URLClassLoader loader = classPath(kafka, aquifer)) {
            BrokerClassPath classPath = new BrokerClassPath(loader, loader);

            assertThatThrownBy(() -> new LocalRemoteStorageManager(classPath).configure(Map.of()))
                    .isInstanceOf(KafkaException.class)
                    .hasMessageContaining("kafka.log.LogManager$ from " + kafka)
                    .hasMessageContaining(aquifer.toString())
                    .hasMessageContaining("Rename it so that its name sorts before");
            assertThatThrownBy(() -> new LocalRemoteLogMetadataManager(classPath).configure(Map.of()))
                    .isInstanceOf(KafkaException.class)
                    .hasMessageContaining("Rename it so that its name sorts before");
        }
    }

    @Test
    void refusesAnIncompleteAquiferJar() throws IOException {
        try (URLClassLoader classPath = classPath(kafkaJar())) {
            assertThatThrownBy(new BrokerClassPath(classPath, classPath)::requireWovenClasses)
                    .isInstanceOf(KafkaException.class)
                    .hasMessageContaining("not complete");
        }
    }

    @Test
    void refusesAClassPathWithoutABroker() throws IOException {
        try (URLClassLoader classPath = classPath(jar("aquifer-kafka.jar", LIST))) {
            assertThatThrownBy(new BrokerClassPath(classPath, classPath)::requireWovenClasses)
                    .isInstanceOf(KafkaException.class)
                    .hasMessageContaining("kafka.log.LogManager$ can't be loaded")
                    .hasCauseInstanceOf(ClassNotFoundException.class);
        }
    }

    @Test
    void refusesToBeLoadedApartFromKafka() throws IOException {
        URL aquifer = jar("aquifer-kafka.jar", LIST, LOG_MANAGER);
        try (URLClassLoader kafka = classPath(kafkaJar());
                URLClassLoader plugin = new URLClassLoader(new URL[] {aquifer}, kafka)) {
            assertThatThrownBy(new BrokerClassPath(kafka, plugin)::requireWovenClasses)
                    .isInstanceOf(KafkaException.class)
                    .hasMessageContaining("remote.log.storage.manager.class.path");
        }
    }

    private static URLClassLoader classPath(URL... urls) {
        return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
    }

    private URL kafkaJar() throws IOException {
        return jar("kafka_2.13.jar", LOG_MANAGER);
    }

    private URL jar(String name, String... entries) throws IOException {
        Path file = folder.resolve(name);
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file))) {
            for (String entry : entries) {
                jar.putNextEntry(new JarEntry(entry));
                jar.write(content(entry));
            }
        }
        return file.toUri().toURL();
    }

    private static byte[] content(String name) throws IOException {
        return name.endsWith(".class") ? emptyClass(name.substring(0, name.length() - ".class".length())) : new byte[0];
    }

    /** A class file as the Java Virtual Machine Specification, chapter 4, has it: a public class with no members. */
    private static byte[] emptyClass(String internalName) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream file = new DataOutputStream(bytes);
        file.writeInt(0xCAFEBABE);
        file.writeShort(0);
        file.writeShort(52);
        file.writeShort(5);
        file.writeByte(7);
        file.writeShort(2);
        file.writeByte(1);
        file.writeUTF(internalName);
        file.writeByte(7);
        file.writeShort(4);
        file.writeByte(1);
        file.writeUTF("java/lang/Object");
        file.writeShort(0x0021);
        file.writeShort(1);
        file.writeShort(3);
        for (int i = 0; i < 4; i++) file.writeShort(0);
        return bytes.toByteArray();
    }
}
