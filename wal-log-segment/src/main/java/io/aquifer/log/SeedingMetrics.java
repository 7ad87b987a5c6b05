package io.aquifer.log;

import org.apache.kafka.server.metrics.KafkaMetricsGroup;

/** The metrics of logs that get new replicas: JMX domain {@code io.aquifer}, type {@code Seeding}. */
final class SeedingMetrics implements AutoCloseable {

    private static final String RUNNING = "Running";
    private static final String SEEDED = "Seeded";
    private static final String SHORTENED = "Shortened";

    private final KafkaMetricsGroup group = new KafkaMetricsGroup("io.aquifer", "Seeding");

    SeedingMetrics(ReplicaSeeding seeding) {
        group.newGauge(RUNNING, seeding::running);
        group.newGauge(SEEDED, seeding::seeded);
        group.newGauge(SHORTENED, seeding::shortened);
    }

    @Override
    public void close() {
        for (String name : new String[] {RUNNING, SEEDED, SHORTENED}) {
            group.removeMetric(name);
        }
    }
}
