package io.aquifer.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaDistributionTest {

    @TempDir
    Path folder;

    @Test
    void the_name_of_a_jar_decides_its_place_on_the_class_path() throws IOException {
        Path jar = Files.createFile(folder.resolve("some.jar"));
        KafkaDistribution kafka = KafkaDistribution.stock(folder.resolve("kafka"))
                .drop(jar, "aquifer-kafka_4.3.1-0.1.0.jar")
                .drop(jar, "zzz.jar");

        assertThat(kafka.jars())
                .extracting(path -> path.getFileName().toString())
                .containsSubsequence(
                        "aquifer-kafka_4.3.1-0.1.0.jar",
                        "kafka-clients-4.3.1.jar",
                        "kafka-storage-4.3.1.jar",
                        "kafka_2.13-4.3.1.jar",
                        "zzz.jar");
    }

    @Test
    void a_jar_can_be_taken_out() throws IOException {
        KafkaDistribution kafka =
                KafkaDistribution.stock(folder.resolve("kafka")).without("kafka_2.13-");

        assertThat(kafka.jars()).noneMatch(path -> path.getFileName().toString().startsWith("kafka_2.13-"));
    }
}
