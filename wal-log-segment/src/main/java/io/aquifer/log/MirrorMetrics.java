package io.aquifer.log;

import com.yammer.metrics.core.Histogram;
import com.yammer.metrics.core.Meter;
import io.aquifer.mirror.MirrorObserver;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.server.metrics.KafkaMetricsGroup;

/** The metrics of the mirror of untiered logs: JMX domain {@code io.aquifer}, type {@code Mirror}. */
final class MirrorMetrics implements MirrorObserver, AutoCloseable {

    private static final String SEGMENTS = "SegmentsPerSec";
    private static final String BYTES = "BytesPerSec";
    private static final String SNAPSHOTS = "SnapshotsPerSec";
    private static final String FAILURES = "FailuresPerSec";
    private static final String MILLIS = "UploadTimeMs";
    private static final String FAILING = "FailingLogs";

    private final KafkaMetricsGroup group = new KafkaMetricsGroup("io.aquifer", "Mirror");
    private final Meter segments = group.newMeter(SEGMENTS, "segments", TimeUnit.SECONDS);
    private final Meter bytes = group.newMeter(BYTES, "bytes", TimeUnit.SECONDS);
    private final Meter snapshots = group.newMeter(SNAPSHOTS, "snapshots", TimeUnit.SECONDS);
    private final Meter failures = group.newMeter(FAILURES, "passes", TimeUnit.SECONDS);
    private final Histogram millis = group.newHistogram(MILLIS);
    private volatile int failing;

    MirrorMetrics() {
        group.newGauge(FAILING, () -> failing);
    }

    @Override
    public void uploaded(long length, long nanos) {
        segments.mark();
        bytes.mark(length);
        millis.update(TimeUnit.NANOSECONDS.toMillis(nanos));
    }

    @Override
    public void published() {
        snapshots.mark();
    }

    @Override
    public void failed() {
        failures.mark();
    }

    @Override
    public void failing(int logs) {
        failing = logs;
    }

    @Override
    public void close() {
        for (String name : new String[] {SEGMENTS, BYTES, SNAPSHOTS, FAILURES, MILLIS, FAILING}) {
            group.removeMetric(name);
        }
    }
}
