package io.aquifer.log;

import io.aquifer.rebuild.RebuildProgress;
import org.apache.kafka.server.metrics.KafkaMetricsGroup;

/** The metrics of the rebuild of lost logs at this start: JMX domain {@code io.aquifer}, type {@code Rebuild}. */
final class RebuildMetrics implements AutoCloseable {

    private static final String LOGS = "LogsToRebuild";
    private static final String REBUILT = "LogsRebuilt";
    private static final String BYTES = "BytesToFetch";
    private static final String FETCHED = "BytesFetched";

    private final KafkaMetricsGroup group = new KafkaMetricsGroup("io.aquifer", "Rebuild");

    RebuildMetrics(RebuildProgress progress) {
        group.newGauge(LOGS, progress::logs);
        group.newGauge(REBUILT, progress::rebuilt);
        group.newGauge(BYTES, progress::bytes);
        group.newGauge(FETCHED, progress::fetched);
    }

    @Override
    public void close() {
        for (String name : new String[] {LOGS, REBUILT, BYTES, FETCHED}) {
            group.removeMetric(name);
        }
    }
}
