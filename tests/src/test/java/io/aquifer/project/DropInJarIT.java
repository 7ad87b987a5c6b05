package io.aquifer.project;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.Folders;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the JAR brings onto a broker's class path. */
class DropInJarIT {

    private static final String SERVICES = "META-INF/services/";
    private static final String SHADED = "io.aquifer.shaded.";
    private static final String SDK = SHADED + "software.amazon.awssdk.";
    private static final Set<String> TEXTS = Set.of(
            "META-INF/MANIFEST.MF",
            "META-INF/LICENSE",
            "META-INF/NOTICE",
            "META-INF/LICENSE-libffi",
            "META-INF/FastDoubleParser-LICENSE",
            "META-INF/FastDoubleParser-ThirdParty-LICENSE",
            "META-INF/Schubfach-LICENSE");

    private JarFile jar;

    @BeforeEach
    void open() throws IOException {
        jar = new JarFile(Folders.aquiferJar().toFile());
    }

    @AfterEach
    void close() throws IOException {
        jar.close();
    }

    @Test
    void holds_aquifer_what_is_relocated_into_it_jna_and_the_woven_classes_of_kafka() throws IOException {
        Set<String> woven = wovenClasses();
        Predicate<String> expected = name -> name.startsWith("io/aquifer/")
                || name.startsWith("com/sun/jna/")
                || name.startsWith("META-INF/aquifer/")
                || name.startsWith(SERVICES + SHADED)
                || TEXTS.contains(name)
                || woven.contains(name);

        assertThat(names().stream().filter(expected.negate())).isEmpty();
        assertThat(names()).containsAll(TEXTS);
    }

    @Test
    void holds_no_class_that_only_serves_the_build() {
        assertThat(names()).noneMatch(name -> name.startsWith("io/aquifer/weave/") || name.endsWith("Advice.class"));
    }

    @Test
    void every_service_is_of_the_name_that_it_is_looked_up_by() throws IOException {
        for (String file : names()) {
            if (file.startsWith(SERVICES)) {
                assertThat(classFile(file.substring(SERVICES.length()))).isIn(names());
                for (String provider : lines(file)) {
                    assertThat(classFile(provider)).isIn(names());
                }
            }
        }
        assertThat(lines(SERVICES + SDK + "http.async.SdkAsyncHttpService"))
                .containsExactly(SDK + "http.nio.netty.NettySdkAsyncHttpService");
        assertThat(lines(SERVICES + SDK + "http.SdkHttpService"))
                .containsExactly(SDK + "http.urlconnection.UrlConnectionSdkHttpService");
    }

    @Test
    void holds_what_the_default_chain_of_credentials_loads_by_name() {
        assertThat(names())
                .contains(
                        classFile(SDK + "services.sts.internal.StsWebIdentityCredentialsProviderFactory"),
                        classFile(SDK + "services.sts.internal.StsProfileCredentialsProviderFactory"));
    }

    @Test
    void holds_all_that_a_limit_of_bytes_per_second_needs() throws Exception {
        try (URLClassLoader onlyTheJar =
                new URLClassLoader(new URL[] {Folders.aquiferJar().toUri().toURL()}, null)) {
            Class<?> bandwidth = onlyTheJar.loadClass(SHADED + "io.github.bucket4j.Bandwidth");
            Object limit = bandwidth
                    .getMethod("simple", long.class, Duration.class)
                    .invoke(null, 1000L, Duration.ofSeconds(1));
            Object builder = onlyTheJar
                    .loadClass(SHADED + "io.github.bucket4j.Bucket")
                    .getMethod("builder")
                    .invoke(null);
            builder.getClass().getMethod("addLimit", bandwidth).invoke(builder, limit);

            assertThat(builder.getClass().getMethod("build").invoke(builder)).isNotNull();
        }
    }

    @Test
    void leaves_out_what_kafka_ships_in_the_version_that_aquifer_was_compiled_with() {
        Path kafka = Folders.repository().resolve("tests/kafka/target/libs");

        assertThat(kafka.resolve("caffeine-" + System.getProperty("aquifer.caffeine.version") + ".jar"))
                .isRegularFile();
        assertThat(kafka.resolve("slf4j-api-" + System.getProperty("aquifer.slf4j.version") + ".jar"))
                .isRegularFile();
    }

    @Test
    void no_entry_says_when_it_was_built() {
        LocalDateTime told = jar.getEntry("META-INF/MANIFEST.MF").getTimeLocal();

        assertThat(told.toLocalTime()).isEqualTo(LocalTime.MIDNIGHT);
        assertThat(jar.stream().map(ZipEntry::getTimeLocal)).noneMatch(told::isBefore);
    }

    private Set<String> wovenClasses() throws IOException {
        Properties list = new Properties();
        try (InputStream content = content("META-INF/aquifer/woven-classes.properties")) {
            list.load(content);
        }
        return Arrays.stream(list.getProperty("classes").split(",", -1))
                .map(DropInJarIT::classFile)
                .collect(Collectors.toSet());
    }

    private Set<String> names() {
        return jar.stream()
                .filter(entry -> !entry.isDirectory())
                .map(ZipEntry::getName)
                .collect(Collectors.toSet());
    }

    private List<String> lines(String file) throws IOException {
        try (InputStream content = content(file)) {
            return new String(content.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        }
    }

    private InputStream content(String name) throws IOException {
        return jar.getInputStream(jar.getJarEntry(name));
    }

    private static String classFile(String type) {
        return type.replace('.', '/') + ".class";
    }
}
