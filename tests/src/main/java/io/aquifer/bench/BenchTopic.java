package io.aquifer.bench;

import io.aquifer.harness.Command;
import io.aquifer.harness.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;

/**
 * One side of a comparison of brokers. Each measurement gets a topic of its own, which is deleted afterwards and whose
 * remains are flushed, so that no measurement pays for the writes of the one before.
 */
final class BenchTopic implements AutoCloseable {

    private static final int PARTITIONS = 12;
    private static final Duration GRACE = Duration.ofMinutes(4);

    private final String bootstrap;
    private final String name;
    private final int replicationFactor;
    private final Map<String, String> config;
    private final Admin admin;
    private int measurements;

    BenchTopic(String bootstrap, String name, int replicationFactor, Map<String, String> config) {
        this.bootstrap = bootstrap;
        this.name = name;
        this.replicationFactor = replicationFactor;
        this.config = config;
        this.admin = Admin.create(Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap));
    }

    /** What this side is called. */
    String name() {
        return name;
    }

    /** Runs a load generator in a JVM of its own. */
    LoadFigures measure(int recordsPerSecond, BenchPlan plan) throws Exception {
        Topics topics = new Topics(admin);
        String topic = name.replaceAll("[^a-z0-9]+", "-") + "-" + ++measurements;
        topics.create(topic, PARTITIONS, replicationFactor, config);
        ProcessBuilder generator = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms768m",
                "-Xmx768m",
                "-cp",
                System.getProperty("java.class.path"),
                LoadGenerator.class.getName(),
                bootstrap,
                topic,
                Integer.toString(recordsPerSecond),
                Long.toString(plan.warmUp().toMillis()),
                Long.toString(plan.measured().toMillis()));
        try {
            Duration limit = plan.warmUp().plus(plan.measured()).plus(GRACE);
            List<String> lines = Command.run(limit, generator)
                    .orThrow()
                    .output()
                    .strip()
                    .lines()
                    .toList();
            return LoadFigures.fromJson(lines.get(lines.size() - 1));
        } finally {
            topics.delete(topic);
            Command.run(GRACE, "sync");
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(5));
    }
}
