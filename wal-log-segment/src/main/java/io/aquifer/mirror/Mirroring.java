package io.aquifer.mirror;

import io.aquifer.format.ClusterKeys;
import io.aquifer.object.ObjectStore;
import io.aquifer.wal.layout.LogId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mirrors the logs of a broker that Kafka doesn't tier, one after the other, in the background. What S3 lacks meanwhile is in
 * WAL objects, which stay for as long.
 */
public final class Mirroring {

    private static final Logger LOG = LoggerFactory.getLogger(Mirroring.class);

    /** Of the interval between passes, when one after the other fails. */
    private static final int MAX_DOUBLINGS = 5;

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final int brokerId;
    private final LongSupplier uploaded;
    private final Supplier<Collection<MirrorSource>> sources;
    private final long intervalNanos;
    private final MirrorObserver observer;
    private final Thread thread;
    /** Owned by whoever calls {@link #pass}. */
    private final Map<LogId, LogMirror> mirrors = new HashMap<>();

    private final Map<LogId, Integer> failures = new HashMap<>();
    private volatile boolean closing;

    /**
     * @param uploaded position of the WAL below which everything is in S3
     * @param sources the logs to be mirrored at the time
     * @param interval between two passes, which is longer while they fail
     */
    public Mirroring(
            ObjectStore store,
            ClusterKeys keys,
            int brokerId,
            LongSupplier uploaded,
            Supplier<Collection<MirrorSource>> sources,
            Duration interval,
            MirrorObserver observer) {
        this.store = store;
        this.keys = keys;
        this.brokerId = brokerId;
        this.uploaded = uploaded;
        this.sources = sources;
        this.intervalNanos = interval.toNanos();
        this.observer = observer;
        this.thread = new Thread(this::run, "aquifer-mirror");
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        int failed = 0;
        while (!closing) {
            pass();
            failed = failures.isEmpty() ? 0 : Math.min(failed + 1, MAX_DOUBLINGS);
            if (!closing) {
                LockSupport.parkNanos(this, intervalNanos << failed);
            }
        }
    }

    /** Mirrors what isn't yet. A log that fails is tried again in the next pass, behind those that didn't. */
    public void pass() {
        List<MirrorSource> current = new ArrayList<>(sources.get());
        Set<LogId> ids = new HashSet<>();
        current.forEach(source -> ids.add(source.id()));
        mirrors.keySet().retainAll(ids);
        failures.keySet().retainAll(ids);
        current.sort(Comparator.comparing(source -> failures.getOrDefault(source.id(), 0)));
        for (MirrorSource source : current) {
            if (closing || !mirror(source)) {
                break;
            }
        }
        observer.failing(failures.size());
    }

    /** Answers false if the store is likely to fail with any other log, too. */
    private boolean mirror(MirrorSource source) {
        LogMirror mirror =
                mirrors.computeIfAbsent(source.id(), id -> new LogMirror(store, keys, brokerId, uploaded, observer));
        try {
            mirror.pass(source);
            failures.remove(source.id());
            return true;
        } catch (ChangedMeanwhileException e) {
            LOG.debug("{}", e.getMessage());
            return true;
        } catch (IOException | KafkaException e) {
            if (!closing) {
                int count = failures.merge(source.id(), 1, Integer::sum);
                observer.failed();
                LOG.warn(
                        "Mirroring {} to {} has failed {} times, and is tried again",
                        source.log().topicPartition(),
                        store.name(),
                        count,
                        e);
            }
            return false;
        }
    }

    /** Ends the thread. What is under way is given up, and done again later. */
    public void stop() throws InterruptedException {
        closing = true;
        LockSupport.unpark(thread);
        thread.interrupt();
        thread.join();
    }
}
