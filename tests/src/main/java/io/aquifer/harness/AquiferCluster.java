package io.aquifer.harness;

import io.aquifer.harness.BrokerProcess.Tuning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Brokers with the Aquifer JAR, each with a WAL of its own. */
public final class AquiferCluster implements AutoCloseable {

    /**
     * What to set up.
     *
     * @param brokers number of nodes
     * @param walBytes size of each node's WAL
     * @param onFile true for a WAL in a file even where a device could be had
     * @param walFolder where the files of the WALs lie, or null for each node's own folder
     * @param logDirs log directories of each node
     * @param settings of each node, beyond what makes it use its WAL
     */
    public record Plan(
            int brokers,
            long walBytes,
            boolean onFile,
            @Nullable Path walFolder,
            int logDirs,
            Tuning tuning,
            Map<String, String> settings) {

        public static final Plan DEFAULT = new Plan(1, 512L << 20, false, null, 1, Tuning.QUICK_START, Map.of());

        public Plan withBrokers(int number) {
            return new Plan(number, walBytes, onFile, walFolder, logDirs, tuning, settings);
        }

        public Plan withWal(long bytes) {
            return new Plan(brokers, bytes, onFile, walFolder, logDirs, tuning, settings);
        }

        public Plan withWalOnFile(long bytes) {
            return new Plan(brokers, bytes, true, walFolder, logDirs, tuning, settings);
        }

        public Plan withWalIn(@Nullable Path folder) {
            return new Plan(brokers, walBytes, onFile, folder, logDirs, tuning, settings);
        }

        public Plan withLogDirs(int number) {
            return new Plan(brokers, walBytes, onFile, walFolder, number, tuning, settings);
        }

        public Plan withTuning(Tuning wanted) {
            return new Plan(brokers, walBytes, onFile, walFolder, logDirs, wanted, settings);
        }

        public Plan with(String setting, String value) {
            Map<String, String> more = new LinkedHashMap<>(settings);
            more.put(setting, value);
            return new Plan(brokers, walBytes, onFile, walFolder, logDirs, tuning, more);
        }
    }

    private final KafkaDistribution kafka;
    private final Cluster cluster;
    private final List<WalDevice> devices;

    private AquiferCluster(KafkaDistribution kafka, Cluster cluster, List<WalDevice> devices) {
        this.kafka = kafka;
        this.cluster = cluster;
        this.devices = devices;
    }

    /** Lays out Kafka with the JAR in {@code folder}, makes and formats the WALs, and formats the log directories. */
    public static AquiferCluster prepare(Path folder, Plan plan) throws IOException {
        return prepare(folder, plan, KafkaDistribution.withAquifer(folder.resolve("kafka")));
    }

    /** As {@link #prepare(Path, Plan)}, with the jars of {@code kafka}. */
    public static AquiferCluster prepare(Path folder, Plan plan, KafkaDistribution kafka) throws IOException {
        List<WalDevice> devices = new ArrayList<>();
        List<BrokerConfig> configs = new ArrayList<>();
        for (BrokerConfig config : BrokerConfig.ofCluster(folder, plan.brokers(), plan.settings())) {
            Path walFolder = plan.walFolder();
            Path place = walFolder == null ? config.home() : walFolder;
            String name = "wal-" + config.nodeId();
            WalDevice device = plan.onFile()
                    ? WalDevice.file(place, name, plan.walBytes())
                    : WalDevice.create(place, name, plan.walBytes());
            devices.add(device);
            Map<String, String> settings = Aquifer.settings(device);
            settings.putAll(plan.settings());
            configs.add(config.with(settings).withLogDirs(plan.logDirs()));
        }
        Cluster cluster = new Cluster(kafka, configs, plan.tuning());
        AquiferCluster prepared = new AquiferCluster(kafka, cluster, devices);
        boolean formatted = false;
        try {
            AtOnce.forEach(
                    cluster.brokers(),
                    node -> Aquifer.format(
                            kafka,
                            prepared.device(node),
                            cluster.id(),
                            node.config().nodeId()));
            cluster.format();
            formatted = true;
            return prepared;
        } finally {
            if (!formatted) {
                prepared.close();
            }
        }
    }

    /** Starts every node and returns when all serve clients. */
    public AquiferCluster start() throws IOException {
        cluster.start();
        return this;
    }

    public KafkaDistribution kafka() {
        return kafka;
    }

    public Cluster cluster() {
        return cluster;
    }

    /** The first node. */
    public BrokerProcess broker() {
        return cluster.broker();
    }

    /** The WAL of the first node. */
    public WalDevice device() {
        return devices.get(0);
    }

    /** The WAL of a node. */
    public WalDevice device(BrokerProcess node) {
        return devices.get(cluster.brokers().indexOf(node));
    }

    /** Gives each device a name in a folder that is made from the node id, as on shared storage. */
    public void linkDevices(Path folder) throws IOException {
        for (BrokerProcess node : cluster.brokers()) {
            Files.createSymbolicLink(
                    folder.resolve(Integer.toString(node.config().nodeId())),
                    device(node).path());
        }
    }

    /**
     * Deletes all log directories of a node that isn't running, as if its machine had been replaced and its WAL's device
     * attached to the new one, and does what an operator does about it.
     */
    public void loseLogDirs(BrokerProcess node) throws IOException {
        for (Path directory : node.config().logDirs()) {
            Folders.delete(directory);
        }
        WalDevice device = device(node);
        String directories =
                node.config().logDirs().stream().map(Path::toString).collect(Collectors.joining(","));
        Aquifer.wal(kafka, "restore-directories", device.path().toString(), "--log-dirs", directories)
                .orThrow();
    }

    @Override
    public void close() throws IOException {
        cluster.close();
        for (WalDevice device : devices) {
            device.close();
        }
    }
}
