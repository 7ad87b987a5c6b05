package io.aquifer.log;

import com.yammer.metrics.core.Histogram;
import com.yammer.metrics.core.Meter;
import io.aquifer.wal.append.WalObserver;
import io.aquifer.wal.append.WriteAheadLog;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.server.metrics.KafkaMetricsGroup;

/** The WAL's metrics, through Kafka's own metrics classes: JMX domain {@code io.aquifer}, type {@code Wal}. */
final class WalMetrics implements WalObserver, AutoCloseable {

    private final KafkaMetricsGroup group = new KafkaMetricsGroup("io.aquifer", "Wal");
    private final List<String> names = new ArrayList<>();
    private final Histogram appendMicros = histogram("AppendDurableTimeUs");
    private final Histogram deviceMicros = histogram("DeviceWriteTimeUs");
    private final Histogram blockBytes = histogram("BlockBytes");
    private final Histogram blockRecords = histogram("BlockRecords");
    private final Meter bytesWritten = meter("BytesWrittenPerSec", "bytes");
    private final Meter refused = meter("AppendsRefusedPerSec", "appends");

    private Histogram histogram(String name) {
        names.add(name);
        return group.newHistogram(name);
    }

    private Meter meter(String name, String event) {
        names.add(name);
        return group.newMeter(name, event, TimeUnit.SECONDS);
    }

    private <T> void gauge(String name, Supplier<T> value) {
        names.add(name);
        group.newGauge(name, value);
    }

    /** Shows the state of {@code wal} and of its logs from now on. */
    void observe(WriteAheadLog wal, Supplier<Long> durableLag, Supplier<Integer> sharedLogs) {
        gauge("RingUsedBytes", wal::ringUsed);
        gauge("RingCapacityBytes", wal::ringCapacity);
        gauge("MemoryUsedBytes", wal::memoryUsed);
        gauge("AppendsWaiting", wal::appendsWaiting);
        gauge("BlocksInFlight", wal::blocksInFlight);
        gauge("DurablePosition", wal::durablePosition);
        gauge("TrimPosition", wal::trimPosition);
        gauge("Failed", () -> wal.failure() == null ? 0 : 1);
        gauge("DurableLagRecords", durableLag);
        gauge("SharedLogs", sharedLogs);
    }

    /** How long so many bytes last at the rate of the last minute, in seconds; -1 if nothing was written. */
    long secondsFor(long bytes) {
        double rate = bytesWritten.oneMinuteRate();
        return rate < 1 ? -1 : (long) (Math.max(0, bytes) / rate);
    }

    @Override
    public void blockWritten(int bytes, int records, long nanos) {
        deviceMicros.update(TimeUnit.NANOSECONDS.toMicros(nanos));
        blockBytes.update(bytes);
        blockRecords.update(records);
        bytesWritten.mark(bytes);
    }

    /** A record became durable so long after it was appended. */
    void appendDurable(long nanos) {
        appendMicros.update(TimeUnit.NANOSECONDS.toMicros(nanos));
    }

    /** An append was refused for want of room. */
    void appendRefused() {
        refused.mark();
    }

    @Override
    public void close() {
        names.forEach(group::removeMetric);
    }
}
