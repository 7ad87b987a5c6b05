package io.aquifer.metrics;

import com.yammer.metrics.core.Histogram;
import com.yammer.metrics.core.Meter;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.ObjectStoreObserver;
import io.aquifer.object.ObjectStoreSettings;
import io.aquifer.object.S3Action;
import io.aquifer.object.S3ObjectStore;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Shows what a client of S3 does, as metrics of type {@code S3}, until its store is closed. */
public final class S3Metrics implements ObjectStoreObserver {

    /** The client that copies, reads and deletes segments. */
    public static final String STORAGE = "storage";
    /** The client that keeps their metadata. */
    public static final String METADATA = "metadata";
    /** The client of the WAL: its objects, leases, takeovers, rebuilds and garbage collection. */
    public static final String WAL = "wal";
    /** The client that rewrites composite segments as plain ones. */
    public static final String REWRITING = "rewriting";
    /** The client that mirrors logs that Kafka doesn't tier. */
    public static final String MIRROR = "mirror";

    private final AtomicInteger inFlight = new AtomicInteger();
    private final InstanceMetrics metrics;
    private final Map<S3Action, Meter> requests = new EnumMap<>(S3Action.class);
    private final Map<S3Action, Meter> failures = new EnumMap<>(S3Action.class);
    private final Map<S3Action, Histogram> micros = new EnumMap<>(S3Action.class);
    private final Meter cancellations;
    private final Meter retries;
    private final Meter throttles;
    private final Meter sent;
    private final Meter received;
    private final Histogram sendWaitMicros;
    private final Histogram receiveWaitMicros;

    /** @param client value of the tag {@code client} */
    S3Metrics(String client) {
        metrics = new InstanceMetrics("S3", Map.of("client", client), "RequestsInFlight", inFlight::get);
        for (S3Action action : S3Action.values()) {
            String tag = action.name().toLowerCase(Locale.ROOT).replace('_', '-');
            requests.put(action, metrics.meter("RequestsPerSec", "requests", "action", tag));
            failures.put(action, metrics.meter("FailuresPerSec", "requests", "action", tag));
            micros.put(action, metrics.histogram("RequestTimeUs", "action", tag));
        }
        cancellations = metrics.meter("CancellationsPerSec", "requests");
        retries = metrics.meter("RetriesPerSec", "attempts");
        throttles = metrics.meter("ThrottlesPerSec", "answers");
        sent = metrics.meter("BytesSentPerSec", "bytes");
        received = metrics.meter("BytesReceivedPerSec", "bytes");
        sendWaitMicros = metrics.histogram("UploadLimitTimeUs");
        receiveWaitMicros = metrics.histogram("DownloadLimitTimeUs");
    }

    /** The store that the settings say, shown as {@code client}. */
    public static ObjectStore open(ObjectStoreSettings settings, String client) {
        S3Metrics metrics = new S3Metrics(client);
        try {
            return S3ObjectStore.open(settings, metrics);
        } catch (Throwable e) {
            metrics.closed();
            throw e;
        }
    }

    @Override
    public void requestSent(S3Action action) {
        inFlight.incrementAndGet();
        of(requests, action).mark();
    }

    @Override
    public void requestAnswered(S3Action action, long nanos) {
        inFlight.decrementAndGet();
        of(micros, action).update(TimeUnit.NANOSECONDS.toMicros(nanos));
    }

    @Override
    public void requestFailed(S3Action action) {
        inFlight.decrementAndGet();
        of(failures, action).mark();
    }

    @Override
    public void requestCancelled(S3Action action) {
        inFlight.decrementAndGet();
        cancellations.mark();
    }

    private static <M> M of(Map<S3Action, M> byAction, S3Action action) {
        return Objects.requireNonNull(byAction.get(action));
    }

    @Override
    public void attemptRepeated() {
        retries.mark();
    }

    @Override
    public void throttled() {
        throttles.mark();
    }

    @Override
    public void bytesSent(long bytes) {
        sent.mark(bytes);
    }

    @Override
    public void bytesReceived(long bytes) {
        received.mark(bytes);
    }

    @Override
    public void waitedToSend(long nanos) {
        sendWaitMicros.update(TimeUnit.NANOSECONDS.toMicros(nanos));
    }

    @Override
    public void waitedToReceive(long nanos) {
        receiveWaitMicros.update(TimeUnit.NANOSECONDS.toMicros(nanos));
    }

    @Override
    public void closed() {
        metrics.close();
    }
}
