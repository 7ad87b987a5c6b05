package io.aquifer.harness;

import io.aquifer.object.EmbeddedS3;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a broker is told to use Aquifer, as an operator would do it. */
public final class Aquifer {

    private static final Duration FORMAT_LIMIT = Duration.ofSeconds(60);
    /** As long as the command itself waits. */
    private static final Duration TAKEOVER_LIMIT = Duration.ofMinutes(5);

    private static final Pattern USED_BYTES = Pattern.compile("\"usedBytes\":(\\d+)");

    private Aquifer() {}

    /** The lines of server.properties that make a broker with the JAR put its shared topics on {@code device}. */
    public static Map<String, String> settings(WalDevice device) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("aquifer.wal.path", device.path().toString());
        settings.put("remote.log.storage.system.enable", "true");
        settings.put("remote.log.storage.manager.class.name", "io.aquifer.remote.LocalRemoteStorageManager");
        settings.put("remote.log.metadata.manager.class.name", "io.aquifer.remote.LocalRemoteLogMetadataManager");
        settings.put("remote.log.metadata.manager.listener.name", "PLAINTEXT");
        return settings;
    }

    /** Formats {@code device} with the command that ships in the JAR. */
    public static void format(KafkaDistribution kafka, WalDevice device, String clusterId, int nodeId)
            throws IOException {
        wal(kafka, "format", device.path().toString(), "--cluster-id", clusterId, "--node-id", Integer.toString(nodeId))
                .orThrow();
    }

    /** Bytes of {@code device} that hold what isn't trimmed yet, with the command that ships in the JAR. */
    public static long usedBytes(KafkaDistribution kafka, WalDevice device) throws IOException {
        String facts = wal(kafka, "inspect", "--json", device.path().toString())
                .orThrow()
                .output();
        Matcher used = USED_BYTES.matcher(facts);
        if (!used.find()) {
            throw new IllegalStateException("Nothing is said of used bytes in " + facts);
        }
        return Long.parseLong(used.group(1));
    }

    /** Runs {@code aquifer storage} with {@code arguments} on the bucket that a broker's settings name. */
    public static Command.Result storage(KafkaDistribution kafka, BrokerConfig broker, String... arguments)
            throws IOException {
        return onBucket(kafka, broker, FORMAT_LIMIT, "storage", arguments);
    }

    /** Runs {@code aquifer broker} with {@code arguments} and the settings of a broker. */
    public static Command.Result broker(KafkaDistribution kafka, BrokerConfig broker, String... arguments)
            throws IOException {
        return onBucket(kafka, broker, TAKEOVER_LIMIT, "broker", arguments);
    }

    /** Runs {@code aquifer} with {@code arguments} on a cluster that runs. */
    public static Command.Result onCluster(KafkaDistribution kafka, String bootstrap, String... arguments)
            throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--bootstrap-server", bootstrap));
        return Command.run(
                TAKEOVER_LIMIT, kafka.java(List.of("-XX:TieredStopAtLevel=1"), "io.aquifer.cli.Aquifer", all));
    }

    private static Command.Result onBucket(
            KafkaDistribution kafka, BrokerConfig broker, Duration limit, String group, String... arguments)
            throws IOException {
        List<String> all = new ArrayList<>(List.of(group));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--config", broker.file().toString()));
        ProcessBuilder command = kafka.java(List.of("-XX:TieredStopAtLevel=1"), "io.aquifer.cli.Aquifer", all);
        command.environment().putAll(EmbeddedS3.environment());
        return Command.run(limit, command);
    }

    /** Runs {@code aquifer wal} with {@code arguments} from the JAR in the folder. */
    public static Command.Result wal(KafkaDistribution kafka, String... arguments) throws IOException {
        return wal(kafka, Map.of(), arguments);
    }

    /** As above, with variables in its environment. */
    public static Command.Result wal(KafkaDistribution kafka, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> all = new ArrayList<>(List.of("wal"));
        all.addAll(List.of(arguments));
        ProcessBuilder process = kafka.java(List.of("-XX:TieredStopAtLevel=1"), "io.aquifer.cli.Aquifer", all);
        process.environment().putAll(environment);
        return Command.run(FORMAT_LIMIT, process);
    }
}
