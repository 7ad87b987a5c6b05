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
import org.apache.kafka.storage.internals.log.UnifiedLog;

/** Mirrors the logs of a broker, all of which it leads, whenever it is told to. */
final class Mirrors {

    private static final int BROKER_ID = 1;

    private final List<MirrorSource> sources = new ArrayList<>();
    private final Mirroring mirroring;
    private int leaderEpoch = 1;
    private boolean startIsDurable = true;
    private int failures;

    Mirrors(ObjectStore store) {
        mirroring =
                new Mirroring(store, Broker.KEYS, BROKER_ID, () -> sources, Duration.ofDays(1), new MirrorObserver() {
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

    /** The WAL takes a log's start no more. */
    Mirrors withoutDurableStarts() {
        startIsDurable = false;
        return this;
    }

    /** How many passes over a log have failed. */
    int failures() {
        return failures;
    }

    void pass(Broker broker) {
        sources.clear();
        Collection<MirrorSource> mirrored = broker.runtime().logs().mirrored();
        mirrored.forEach(source -> sources.add(new Led(source, leaderEpoch, startIsDurable)));
        mirroring.pass();
    }

    private record Led(MirrorSource source, int leaderEpoch, boolean startIsDurable) implements MirrorSource {

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
        public void awaitLogStart() throws IOException {
            if (!startIsDurable) {
                throw new IOException("the WAL has failed");
            }
            source.awaitLogStart();
        }
    }
}
