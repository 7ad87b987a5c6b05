package io.aquifer.log;

import io.aquifer.metrics.S3Metrics;
import io.aquifer.mirror.MirrorSource;
import io.aquifer.mirror.Mirroring;
import io.aquifer.object.ObjectStore;
import java.time.Duration;
import java.util.Collection;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The mirror of a broker's untiered logs, with connections, memory and metrics of its own. */
final class BrokerMirror implements AutoCloseable {

    private final MirrorMetrics metrics = new MirrorMetrics();
    private final ObjectStore store;
    private final Mirroring mirroring;

    /** @param uploaded position of the WAL below which everything is in S3 */
    BrokerMirror(
            WalBucket bucket,
            int brokerId,
            LongSupplier uploaded,
            Supplier<Collection<MirrorSource>> sources,
            Duration interval) {
        this.store = bucket.background().apply(S3Metrics.MIRROR);
        this.mirroring = new Mirroring(store, bucket.keys(), brokerId, uploaded, sources, interval, metrics);
    }

    void start() {
        mirroring.start();
    }

    void stop() throws InterruptedException {
        mirroring.stop();
    }

    @Override
    public void close() {
        store.close();
        metrics.close();
    }
}
