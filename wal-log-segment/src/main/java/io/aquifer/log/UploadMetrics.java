package io.aquifer.log;

import com.yammer.metrics.core.Histogram;
import com.yammer.metrics.core.Meter;
import io.aquifer.wal.append.WriteAheadLog;
import io.aquifer.wal.upload.UploadObserver;
import io.aquifer.wal.upload.WalUploader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.server.metrics.KafkaMetricsGroup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The metrics of the WAL's upload: JMX domain {@code io.aquifer}, type {@code WalUpload}. */
final class UploadMetrics implements UploadObserver, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(UploadMetrics.class);
    /** Of attempts that fail one after the other, so many are said once. */
    private static final int FAILURES_PER_LINE = 20;

    private final KafkaMetricsGroup group = new KafkaMetricsGroup("io.aquifer", "WalUpload");
    private final List<String> names = new ArrayList<>();
    private final Meter objects = meter("ObjectsPerSec", "objects");
    private final Meter bytes = meter("BytesPerSec", "bytes");
    private final Meter puts = meter("PutsPerSec", "requests");
    private final Meter retries = meter("RetriesPerSec", "requests");
    private final Meter failures = meter("FailuresPerSec", "requests");
    private final Histogram objectBytes = histogram("ObjectBytes");
    private final Histogram millis = histogram("UploadTimeMs");

    private Meter meter(String name, String event) {
        names.add(name);
        return group.newMeter(name, event, TimeUnit.SECONDS);
    }

    private Histogram histogram(String name) {
        names.add(name);
        return group.newHistogram(name);
    }

    private <T> void gauge(String name, Supplier<T> value) {
        names.add(name);
        group.newGauge(name, value);
    }

    /** Shows how far the upload is from now on. */
    void observe(WriteAheadLog wal, WalUploader uploader, WalMetrics metrics) {
        gauge("LagBytes", () -> Math.max(0, wal.durablePosition() - uploader.uploaded()));
        gauge("LagMs", () -> TimeUnit.NANOSECONDS.toMillis(uploader.lagNanos()));
        gauge("UploadedPosition", uploader::uploaded);
        gauge("HeldBytes", uploader::heldBytes);
        gauge("RingUsedPercent", () -> 100 * wal.ringUsed() / wal.ringCapacity());
        gauge("SecondsToFull", () -> metrics.secondsFor(wal.ringCapacity() - wal.ringUsed()));
    }

    @Override
    public void sent(long length, boolean again) {
        puts.mark();
        if (again) {
            retries.mark();
        }
    }

    @Override
    public void uploaded(long length, int blocks, long nanos) {
        objects.mark();
        bytes.mark(length);
        objectBytes.update(length);
        millis.update(TimeUnit.NANOSECONDS.toMillis(nanos));
    }

    @Override
    public void failed(String what, int attempts, Throwable cause) {
        failures.mark();
        if (attempts % FAILURES_PER_LINE == 1) {
            LOG.warn("{} has failed {} times, and is tried again: {}", what, attempts, cause.getMessage(), cause);
        }
    }

    @Override
    public void sealed(long epoch, long end) {
        LOG.info("The WAL's epoch {} is in S3 as a whole, sealed at number {}", epoch, end);
    }

    @Override
    public void close() {
        names.forEach(group::removeMetric);
    }
}
