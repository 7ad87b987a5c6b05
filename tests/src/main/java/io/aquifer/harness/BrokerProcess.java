package io.aquifer.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.jspecify.annotations.Nullable;

/** One Kafka node as a process of its own: formatted, started, killed, stopped, continued. */
public final class BrokerProcess implements AutoCloseable {

    private static final Duration FORMAT_LIMIT = Duration.ofSeconds(60);

    /** How the JVM of a node is tuned. */
    public enum Tuning {
        /** For a node that is started more often than it is used: simple code, soon. */
        QUICK_START("-Xms256m", "-Xmx768m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"),

        /** For a node that is measured. */
        SUSTAINED("-Xms1g", "-Xmx1g", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20");

        private final String options;

        Tuning(String... options) {
            this.options = String.join(" ", options);
        }

        List<String> options() {
            return List.of(options.split(" ", -1));
        }
    }

    private final KafkaDistribution kafka;
    private final Tuning tuning;
    private BrokerConfig config;
    private Map<String, String> environment = Map.of();
    private int starts;
    private @Nullable Process process;

    public BrokerProcess(KafkaDistribution kafka, BrokerConfig config, Tuning tuning) {
        this.kafka = kafka;
        this.tuning = tuning;
        this.config = config;
    }

    public BrokerConfig config() {
        return config;
    }

    /** Takes other settings into force from the next start on. */
    public void reconfigure(BrokerConfig changed) {
        config = changed;
    }

    /** Sets {@code variables} in the environment of the process from the next start on. */
    public void setEnvironment(Map<String, String> variables) {
        environment = Map.copyOf(variables);
    }

    public String bootstrap() {
        return config.bootstrap();
    }

    /** Formats the log directories with Kafka's own tool. */
    public void format(String clusterId) throws IOException {
        config.write();
        List<String> arguments = List.of(
                "format", "--config", config.file().toString(), "--cluster-id", clusterId, "--ignore-formatted");
        Command.run(FORMAT_LIMIT, kafka.java(Tuning.QUICK_START.options(), "kafka.tools.StorageTool", arguments))
                .orThrow();
    }

    /** Starts the process and returns at once. */
    public void start() throws IOException {
        if (isAlive()) {
            throw new IllegalStateException("Node " + config.nodeId() + " is running");
        }
        config.write();
        starts++;
        ProcessBuilder command = kafka.java(
                        tuning.options(), "kafka.Kafka", List.of(config.file().toString()))
                .redirectErrorStream(true)
                .redirectOutput(logFile().toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        command.environment().putAll(environment);
        process = command.start();
    }

    /** Starts the process and returns when it serves clients. */
    public void startAndAwait(Duration limit) throws IOException {
        start();
        awaitReady(limit);
    }

    /** Returns when every node of the cluster is registered and unfenced, as this node sees it. */
    public void awaitReady(Duration limit) {
        try (Admin admin = admin()) {
            Await.until(
                    () -> "node " + config.nodeId() + " serves clients; its output:\n" + output(),
                    limit,
                    () -> !isAlive() || nodesIn(admin) == config.brokers());
        }
        if (!isAlive()) {
            throw new IllegalStateException("Node " + config.nodeId() + " ended while it was starting:\n" + output());
        }
    }

    private static int nodesIn(Admin admin) throws Exception {
        return admin.describeCluster().nodes().get(5, TimeUnit.SECONDS).size();
    }

    /** An Admin client that talks to this node first. The caller closes it. */
    public Admin admin() {
        return Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap(),
                AdminClientConfig.RECONNECT_BACKOFF_MS_CONFIG, "50",
                AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "100",
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000"));
    }

    public boolean isAlive() {
        Process current = process;
        return current != null && current.isAlive();
    }

    /** SIGKILL, and wait until the process is gone. */
    public void kill() {
        Process current = running();
        current.destroyForcibly();
        awaitEnd(current, Duration.ofSeconds(30));
    }

    /** SIGTERM, and wait until the process has shut down by itself. */
    public void stop(Duration limit) {
        Process current = running();
        current.destroy();
        awaitEnd(current, limit);
    }

    /** SIGSTOP: the process keeps its sockets and does nothing. */
    public void pause() {
        signal("STOP");
    }

    /** SIGCONT. */
    public void resume() {
        signal("CONT");
    }

    /** What every thread of the process does now, as far as it answers within {@code limit}. */
    public String threads(Duration limit) {
        String jstack =
                Path.of(System.getProperty("java.home"), "bin", "jstack").toString();
        return Command.run(limit, jstack, "-l", Long.toString(running().pid())).output();
    }

    /** Waits until the process has ended by itself and answers its exit status. */
    public int awaitExit(Duration limit) {
        Process current = running();
        awaitEnd(current, limit);
        return current.exitValue();
    }

    /** What the process has written since it was started last. */
    public String output() {
        try {
            return Files.exists(logFile()) ? Files.readString(logFile(), StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The folder of a partition, in whichever log directory it is. */
    public Path partitionFolder(String topic, int partition) {
        String name = topic + "-" + partition;
        return config.logDirs().stream()
                .map(dir -> dir.resolve(name))
                .filter(Files::isDirectory)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(name + " is in none of " + config.logDirs()));
    }

    /** Ends the process at once if it is still there. */
    @Override
    public void close() {
        if (isAlive()) {
            kill();
        }
    }

    @Override
    public String toString() {
        return "node " + config.nodeId() + " in " + config.home();
    }

    private Path logFile() {
        return config.home().resolve("output-" + starts + ".log");
    }

    long pid() {
        return running().pid();
    }

    private Process running() {
        Process current = process;
        if (current == null) {
            throw new IllegalStateException("Node " + config.nodeId() + " was never started");
        }
        return current;
    }

    private void signal(String name) {
        Command.run(
                        Duration.ofSeconds(5),
                        "kill",
                        "-" + name,
                        Long.toString(running().pid()))
                .orThrow();
    }

    private void awaitEnd(Process current, Duration limit) {
        try {
            if (!current.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(
                        "Node " + config.nodeId() + " did not end within " + limit.toSeconds() + " s:\n" + output());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while node " + config.nodeId() + " was ending", e);
        }
    }
}
