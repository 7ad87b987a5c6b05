package io.aquifer.bench;

import io.aquifer.harness.Await;
import io.aquifer.harness.Command;
import io.aquifer.harness.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;

/**
 * One side of a comparison of brokers. Each measurement gets a topic of its own. Afterwards it is deleted, its files are
 * awaited to be gone and the file systems are flushed, so that no measurement pays for what the one before wrote or left.
 */
final class BenchTopic implements AutoCloseable {

    private static final int PARTITIONS = 12;
    private static final int DEPTH = 4;
    private static final Duration GRACE = Duration.ofMinutes(4);

    private final String bootstrap;
    private final Path folder;
    private final Worker generator;
    private final String name;
    private final int replicationFactor;
    private final Map<String, String> config;
    private final Admin admin;
    private int measurements;

    /**
     * @param folder where the brokers' log directories are
     * @param generator a {@link LoadGenerator}
     */
    BenchTopic(
            String bootstrap,
            Path folder,
            Worker generator,
            String name,
            int replicationFactor,
            Map<String, String> config) {
        this.bootstrap = bootstrap;
        this.folder = folder;
        this.generator = generator;
        this.name = name;
        this.replicationFactor = replicationFactor;
        this.config = config;
        this.admin = Admin.create(Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap));
    }

    /** What this side is called. */
    String name() {
        return name;
    }

    /** What is looked at before the topic of a measurement is deleted. */
    @FunctionalInterface
    interface Look {
        void look() throws Exception;
    }

    /** Has the generator load a new topic. */
    LoadFigures measure(int recordsPerSecond, Duration leadIn, Duration measured) throws Exception {
        return measure(recordsPerSecond, leadIn, measured, () -> {});
    }

    /** As above, with a look at what there is when the load has ended. */
    LoadFigures measure(int recordsPerSecond, Duration leadIn, Duration measured, Look last) throws Exception {
        Topics topics = new Topics(admin);
        String topic = name.replaceAll("[^a-z0-9]+", "-") + "-" + ++measurements;
        topics.create(topic, PARTITIONS, replicationFactor, config);
        try {
            LoadFigures figures = LoadFigures.fromAnswer(
                    generator.ask("load", bootstrap, topic, recordsPerSecond, leadIn.toMillis(), measured.toMillis()));
            last.look();
            return figures;
        } finally {
            topics.delete(topic);
            Await.until("the files of " + topic + " to be gone", GRACE, () -> !hasFilesOf(topic));
            Command.run(GRACE, "sync");
        }
    }

    private boolean hasFilesOf(String topic) throws IOException {
        try (Stream<Path> logs = Files.find(
                folder,
                DEPTH,
                (path, attributes) -> attributes.isDirectory()
                        && path.getFileName().toString().startsWith(topic + "-"))) {
            return logs.findAny().isPresent();
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(5));
    }
}
