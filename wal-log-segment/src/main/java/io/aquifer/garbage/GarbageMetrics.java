package io.aquifer.garbage;

import com.yammer.metrics.core.Meter;
import io.aquifer.coverage.CollectionRound;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.server.metrics.KafkaMetricsGroup;
import org.jspecify.annotations.Nullable;

/** The metrics of garbage collection: JMX domain {@code io.aquifer}, type {@code GarbageCollection}. */
final class GarbageMetrics implements AutoCloseable {

    private final KafkaMetricsGroup group = new KafkaMetricsGroup("io.aquifer", "GarbageCollection");
    private final List<String> names = new ArrayList<>();
    private final Meter rounds = meter("RoundsPerSec", "rounds");
    private final Meter failedRounds = meter("FailedRoundsPerSec", "rounds");
    private final Meter deleted = meter("DeletedObjectsPerSec", "objects");
    private final Meter deletedBytes = meter("DeletedBytesPerSec", "bytes");
    private final Meter condemned = meter("CondemnedPerSec", "objects");
    private volatile @Nullable CollectionRound last;
    private volatile long lastNanos;
    private volatile boolean stopped;

    GarbageMetrics() {
        gauge("OnDuty", () -> last(0, round -> 1));
        gauge("WalObjects", () -> last(-1, round -> round.left().objects()));
        gauge("WalObjectBytes", () -> last(-1, round -> round.left().bytes()));
        gauge("Problems", () -> last(0, round -> round.problems().size()));
        gauge("TopicsUnknown", () -> last(0, round -> round.topicsUnknown().isPresent() ? 1 : 0));
        gauge("SecondsSinceRound", this::secondsSinceRound);
        gauge("Stopped", () -> stopped ? 1 : 0);
    }

    private Meter meter(String name, String event) {
        names.add(name);
        return group.newMeter(name, event, TimeUnit.SECONDS);
    }

    private void gauge(String name, LongSupplier value) {
        names.add(name);
        group.newGauge(name, value::getAsLong);
    }

    private interface Figure {
        long of(CollectionRound round);
    }

    /** What the last round showed, if this collector was on duty in it. */
    private long last(long otherwise, Figure figure) {
        CollectionRound round = last;
        return round == null || !round.onDuty() ? otherwise : figure.of(round);
    }

    private long secondsSinceRound() {
        return last == null ? -1 : TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - lastNanos);
    }

    /** A round came to its end, be it to leave the work to another. */
    void round(CollectionRound round) {
        lastNanos = System.nanoTime();
        last = round;
        rounds.mark();
        deleted.mark(round.deleted().walObjects() + (long) round.deleted().others());
        deletedBytes.mark(round.deleted().bytes());
        condemned.mark(round.condemned());
    }

    /** A round failed. */
    void failed() {
        failedRounds.mark();
    }

    /** There won't be another round in this process. */
    void stopped() {
        stopped = true;
    }

    @Override
    public void close() {
        names.forEach(group::removeMetric);
    }
}
