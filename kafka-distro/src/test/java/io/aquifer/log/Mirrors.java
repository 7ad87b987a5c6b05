package io.aquifer.log;

import io.aquifer.mirror.ClosedSegments;
import io.aquifer.mirror.MirrorObserver;
import io.aquifer.mirror.MirrorSource;
import io.aquifer.mirror.Mirroring;
import io.aquifer.object.ObjectStore;
import io.aquifer.wal.layout.LogId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/** Mirrors the logs of a broker, all of which it leads, whenever it is told to. */
final class Mirrors {

    private static final int BROKER_ID = 1;

    private final List<MirrorSource> sources = new ArrayList<>();
    private final Mirroring mirroring;
    private int leaderEpoch = 1;
    private int failures;

    /** Where all of the WAL counts as uploaded. */
    Mirrors(ObjectStore store) {
        this(store, () -> Long.MAX_VALUE);
    }

    /** @param uploaded position of the WAL below which everything is in the store */
    Mirrors(ObjectStore store, LongSupplier uploaded) {
        mirroring = new Mirroring(
                store, Broker.KEYS, BROKER_ID, uploaded, () -> sources, Duration.ofDays(1), new MirrorObserver() {
                    @Override
                    public void uploaded(long bytes, long nanos) {}

                    @Override
                    public void published() {}

                    @Override
                    public void failed() {
                        failures++;
                    }

                    @Override
                    public void failing(int logs) {}
                });
    }

    /** Under which epoch the broker leads from now on. */
    Mirrors under(int epoch) {
        leaderEpoch = epoch;
        return this;
    }

    /** How many passes over a log have failed. */
    int failures() {
        return failures;
    }

    void pass(Broker broker) {
        sources.clear();
        Collection<MirrorSource> mirrored = broker.runtime().logs().mirrored();
        mirrored.forEach(source -> sources.add(new Led(source, leaderEpoch)));
        mirroring.pass();
    }

    private record Led(MirrorSource source, int leaderEpoch) implements MirrorSource {

        @Override
        public LogId id() {
            return source.id();
        }

        @Override
        public UnifiedLog log() {
            return source.log();
        }

        @Override
        public ClosedSegments closed() {
            return source.closed();
        }

        @Override
        public long recordLogStart() throws IOException {
            return source.recordLogStart();
        }
    }
}
