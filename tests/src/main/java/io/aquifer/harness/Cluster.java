package io.aquifer.harness;

import io.aquifer.harness.BrokerProcess.Tuning;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/** One to three combined KRaft nodes on this machine. */
public final class Cluster implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(90);

    private final String id = Uuid.randomUuid().toString();
    private final List<BrokerProcess> brokers;

    public Cluster(KafkaDistribution kafka, List<BrokerConfig> configs, Tuning tuning) {
        brokers = configs.stream()
                .map(config -> new BrokerProcess(kafka, config, tuning))
                .toList();
    }

    /** The cluster id that the log directories are formatted with. */
    public String id() {
        return id;
    }

    public List<BrokerProcess> brokers() {
        return brokers;
    }

    /** The first node, which is the only one of a cluster of one. */
    public BrokerProcess broker() {
        return brokers.get(0);
    }

    public String bootstrap() {
        return brokers.stream().map(BrokerProcess::bootstrap).collect(Collectors.joining(","));
    }

    public Admin admin() {
        return broker().admin();
    }

    /** Formats the log directories of every node. */
    public Cluster format() throws IOException {
        AtOnce.forEach(brokers, broker -> broker.format(id));
        return this;
    }

    /** Starts every node and returns when all serve clients. */
    public Cluster start() throws IOException {
        for (BrokerProcess broker : brokers) {
            broker.start();
        }
        for (BrokerProcess broker : brokers) {
            broker.awaitReady(START_LIMIT);
        }
        return this;
    }

    @Override
    public void close() {
        List<RuntimeException> failures = new ArrayList<>();
        for (BrokerProcess broker : brokers) {
            try {
                broker.close();
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
    }
}
