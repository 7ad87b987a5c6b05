package io.aquifer.log;

import io.aquifer.rebuild.TakenLogs;
import io.aquifer.takeover.BrokerTakeovers;
import org.apache.kafka.server.metrics.KafkaMetricsGroup;

/** The metrics of takeovers: JMX domain {@code io.aquifer}, type {@code Takeover}. */
final class TakeoverMetrics implements AutoCloseable {

    private static final String RUNNING = "Running";
    private static final String LOGS = "LogsToCome";

    private final KafkaMetricsGroup group = new KafkaMetricsGroup("io.aquifer", "Takeover");

    TakeoverMetrics(BrokerTakeovers takeovers, TakenLogs logs) {
        group.newGauge(RUNNING, takeovers::running);
        group.newGauge(LOGS, logs::toCome);
    }

    @Override
    public void close() {
        group.removeMetric(RUNNING);
        group.removeMetric(LOGS);
    }
}
