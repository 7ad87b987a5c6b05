package io.aquifer.harness;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * The server.properties of one KRaft node that listens on 127.0.0.1.
 *
 * @param home the folder that holds the file, the logs of the process and {@link #logDirs()}
 * @param voters all nodes of the cluster as {@code controller.quorum.voters} wants them
 * @param brokers how many nodes the cluster has
 * @param settings what is added to, or replaces, what every node here has
 */
public record BrokerConfig(
        int nodeId,
        Path home,
        int port,
        int controllerPort,
        String voters,
        int brokers,
        List<Path> logDirs,
        Map<String, String> settings) {

    private static final int NO_CONTROLLER = -1;

    /** One node that is a cluster of its own, with one log directory. */
    public static BrokerConfig single(Path home, Map<String, String> settings) {
        return ofCluster(home, 1, settings).get(0);
    }

    /**
     * The nodes 1 to {@code brokers} of one cluster. Each is a controller too, but of two only the first, so that the
     * second can be killed without the quorum being lost.
     */
    public static List<BrokerConfig> ofCluster(Path home, int brokers, Map<String, String> settings) {
        List<Integer> controllerPorts = new ArrayList<>();
        List<String> voters = new ArrayList<>();
        int controllers = brokers == 2 ? 1 : brokers;
        for (int node = 1; node <= controllers; node++) {
            int port = Ports.next();
            controllerPorts.add(port);
            voters.add(node + "@127.0.0.1:" + port);
        }
        List<BrokerConfig> configs = new ArrayList<>();
        for (int node = 1; node <= brokers; node++) {
            Path folder = home.resolve("node-" + node);
            configs.add(new BrokerConfig(
                    node,
                    folder,
                    Ports.next(),
                    node <= controllers ? controllerPorts.get(node - 1) : NO_CONTROLLER,
                    String.join(",", voters),
                    brokers,
                    List.of(folder.resolve("data")),
                    settings));
        }
        return configs;
    }

    /** The same node with more settings; where both have one, {@code more} wins. */
    public BrokerConfig with(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.putAll(more);
        return new BrokerConfig(nodeId, home, port, controllerPort, voters, brokers, logDirs, all);
    }

    /** The same node without one of its settings. */
    public BrokerConfig without(String setting) {
        Map<String, String> rest = new LinkedHashMap<>(settings);
        rest.remove(setting);
        return new BrokerConfig(nodeId, home, port, controllerPort, voters, brokers, logDirs, rest);
    }

    /** The same node with {@code count} log directories. */
    public BrokerConfig withLogDirs(int count) {
        List<Path> dirs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            dirs.add(home.resolve("data-" + i));
        }
        return new BrokerConfig(nodeId, home, port, controllerPort, voters, brokers, List.copyOf(dirs), settings);
    }

    public String bootstrap() {
        return "127.0.0.1:" + port;
    }

    public Path file() {
        return home.resolve("server.properties");
    }

    void write() throws IOException {
        Properties properties = new Properties();
        properties.putAll(all());
        Files.createDirectories(home);
        try (Writer writer = Files.newBufferedWriter(file(), StandardCharsets.UTF_8)) {
            properties.store(writer, null);
        }
    }

    private Map<String, String> all() {
        Map<String, String> all = new LinkedHashMap<>();
        boolean controller = controllerPort != NO_CONTROLLER;
        all.put("process.roles", controller ? "broker,controller" : "broker");
        all.put("node.id", Integer.toString(nodeId));
        all.put("controller.quorum.voters", voters);
        all.put(
                "listeners",
                "PLAINTEXT://127.0.0.1:" + port + (controller ? ",CONTROLLER://127.0.0.1:" + controllerPort : ""));
        all.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
        all.put("controller.listener.names", "CONTROLLER");
        all.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        all.put("log.dirs", logDirs.stream().map(Path::toString).collect(Collectors.joining(",")));
        all.put("auto.create.topics.enable", "false");
        all.put("group.initial.rebalance.delay.ms", "0");
        // A node that was killed can't register again before its session has run out, 9 s by default.
        all.put("broker.session.timeout.ms", "3000");
        all.put("broker.heartbeat.interval.ms", "500");
        String internalReplicas = Integer.toString(brokers);
        for (String topic : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            all.put(topic + ".replication.factor", internalReplicas);
            all.put(topic + ".num.partitions", "4");
        }
        String internalMinInSync = Integer.toString(Math.max(1, brokers - 1));
        all.put("transaction.state.log.min.isr", internalMinInSync);
        all.put("share.coordinator.state.topic.min.isr", internalMinInSync);
        all.putAll(settings);
        return all;
    }
}
