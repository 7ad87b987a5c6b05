package io.aquifer.remote;

import com.yammer.metrics.core.Histogram;
import com.yammer.metrics.core.Meter;
import io.aquifer.metrics.InstanceMetrics;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What a storage manager does, as metrics of type {@code RemoteStorage}, beside those that Kafka has of every one. */
final class StorageMetrics implements AutoCloseable {

    private final InstanceMetrics metrics;
    private final Meter segments;
    private final Meter bytes;
    private final Histogram millis;

    /** @param deletionsPending number of objects whose deletion was promised and isn't done */
    StorageMetrics(Supplier<Integer> deletionsPending) {
        metrics = new InstanceMetrics("RemoteStorage", Map.of(), "DeletionsPending", deletionsPending);
        segments = metrics.meter("SegmentsCopiedPerSec", "segments");
        bytes = metrics.meter("SegmentBytesCopiedPerSec", "bytes");
        millis = metrics.histogram("SegmentCopyTimeMs");
    }

    /**
     * A segment is in the bucket.
     *
     * @param length of its object, in bytes
     */
    void copied(long length, long nanos) {
        segments.mark();
        bytes.mark(length);
        millis.update(TimeUnit.NANOSECONDS.toMillis(nanos));
    }

    @Override
    public void close() {
        metrics.close();
    }
}
