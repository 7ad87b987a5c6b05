package io.aquifer.broker;

import static io.aquifer.broker.BrokerFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.AquiferCluster;
import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.BrokerConfig;
import io.aquifer.harness.BrokerProcess;
import io.aquifer.harness.Cleanup;
import io.aquifer.harness.Folders;
import io.aquifer.harness.KafkaDistribution;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Brokers that must not start, and what they tell the operator. */
@TestInstance(Lifecycle.PER_CLASS)
class RefusedStartIT {

    private static final Plan SMALL = Plan.DEFAULT.withWalOnFile(32L << 20);

    private final Cleanup cleanup = new Cleanup();
    private Path folder;
    private AquiferCluster cluster;
    private AquiferCluster other;

    @BeforeAll
    void setUp() throws IOException {
        folder = cleanup.add(Folders.scratch("refused")).path();
        cluster = cleanup.add(AquiferCluster.prepare(folder.resolve("one"), SMALL));
        other = cleanup.add(AquiferCluster.prepare(folder.resolve("other"), SMALL.withBrokers(2)));
    }

    @AfterAll
    void cleanUp() {
        cleanup.close();
    }

    @Test
    void the_wal_of_another_cluster() throws IOException {
        String wal = other.device().path().toString();

        assertThat(refusal(cluster.broker().config().with(Map.of("aquifer.wal.path", wal))))
                .contains(wal)
                .contains(other.cluster().id())
                .contains(cluster.cluster().id());
    }

    @Test
    void the_wal_of_another_node() throws IOException {
        BrokerProcess second = other.cluster().brokers().get(1);
        String wal = other.device().path().toString();
        BrokerConfig config = second.config().with(Map.of("aquifer.wal.path", wal));

        assertThat(refusal(new BrokerProcess(other.kafka(), config, BrokerProcess.Tuning.QUICK_START)))
                .contains(wal)
                .contains("node 1")
                .contains("node 2");
    }

    @Test
    void a_device_that_was_never_formatted() throws IOException {
        Path file = Files.write(folder.resolve("blank"), new byte[32 << 20]);

        assertThat(refusal(cluster.broker().config().with(Map.of("aquifer.wal.path", file.toString()))))
                .contains(file.toString())
                .contains("aquifer wal format");
    }

    @Test
    void a_device_that_is_not_there() throws IOException {
        String missing = folder.resolve("missing").toString();

        assertThat(refusal(cluster.broker().config().with(Map.of("aquifer.wal.path", missing))))
                .contains(missing);
    }

    @Test
    void settings_without_the_path_of_the_wal() throws IOException {
        BrokerConfig config =
                cluster.broker().config().without("aquifer.wal.path").with(Map.of("aquifer.wal.writes.in.flight", "4"));

        assertThat(refusal(config)).contains("aquifer.wal.writes.in.flight").contains("aquifer.wal.path");
    }

    @Test
    void a_setting_that_is_misspelt() throws IOException {
        assertThat(refusal(cluster.broker().config().with(Map.of("aquifer.wal.pth", "x"))))
                .contains("aquifer.wal.pth")
                .contains("aquifer.wal.path");
    }

    @Test
    void settings_that_contradict_each_other() throws IOException {
        Map<String, String> contradiction =
                Map.of("aquifer.wal.memory.bytes", "1048576", "aquifer.wal.block.bytes", "1048576");

        assertThat(refusal(cluster.broker().config().with(contradiction)))
                .contains("aquifer.wal.memory.bytes=1048576")
                .contains("aquifer.wal.block.bytes=1048576")
                .contains("8388608");
    }

    @Test
    void a_wal_without_tiered_storage() throws IOException {
        assertThat(refusal(cluster.broker().config().with(Map.of("remote.log.storage.system.enable", "false"))))
                .contains("remote.log.storage.system.enable")
                .contains("Set it to true");
    }

    @Test
    void the_jar_sorted_after_those_of_kafka() throws IOException {
        Path jar = Folders.aquiferJar();
        KafkaDistribution late = KafkaDistribution.stock(folder.resolve("late")).drop(jar, "zz-" + jar.getFileName());

        assertThat(refusal(new BrokerProcess(late, cluster.broker().config(), BrokerProcess.Tuning.QUICK_START)))
                .contains("zz-" + jar.getFileName())
                .contains("before");
    }

    @Test
    void another_version_of_kafka() throws IOException {
        Path version = folder.resolve("version.jar");
        try (OutputStream file = Files.newOutputStream(version);
                JarOutputStream jar = new JarOutputStream(file)) {
            jar.putNextEntry(new ZipEntry("kafka/kafka-version.properties"));
            jar.write("version=4.3.0\ncommitId=0123456789abcdef\n".getBytes(StandardCharsets.UTF_8));
        }
        KafkaDistribution older =
                KafkaDistribution.withAquifer(folder.resolve("older")).drop(version, "a-version.jar");

        assertThat(refusal(new BrokerProcess(older, cluster.broker().config(), BrokerProcess.Tuning.QUICK_START)))
                .contains("4.3.0")
                .contains("4.3.1");
    }

    private String refusal(BrokerConfig config) throws IOException {
        return refusal(new BrokerProcess(cluster.kafka(), config, BrokerProcess.Tuning.QUICK_START));
    }

    /** What the broker says, having ended with an error and never having served anyone. */
    private String refusal(BrokerProcess broker) throws IOException {
        try (broker) {
            broker.start();
            assertThat(broker.awaitExit(LIMIT)).isNotZero();
            assertThat(broker.output()).doesNotContain("Kafka Server started");
            return broker.output();
        }
    }
}
