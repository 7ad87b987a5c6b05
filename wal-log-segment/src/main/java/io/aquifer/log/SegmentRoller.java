package io.aquifer.log;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rolls the segments of shared logs that get so little that Kafka would keep them open for days.
 *
 * <p>Only a segment that is rolled goes to S3 as a segment object. Until then every WAL object that holds some of it is needed,
 * with all that it holds of other logs, and a rebuild of the log reads all of their indexes. The segment object also has the
 * producers and the leader epochs from which a rebuild goes on. So how long a segment stays open bounds both.
 */
final class SegmentRoller {

    private static final Logger LOG = LoggerFactory.getLogger(SegmentRoller.class);
    private static final int LOOKS_PER_AGE = 10;

    private final Supplier<Collection<SharedLog>> logs;
    private final long ageNanos;
    private final LongSupplier clock;
    private final Thread thread;
    /** Owned by whoever calls {@link #pass}. */
    private final Map<SharedLog, Open> open = new HashMap<>();

    private volatile boolean closing;

    /** A segment with records in it, and when it was first seen to have some. */
    private record Open(long baseOffset, long sinceNanos) {}

    /**
     * @param logs those that are shared now
     * @param age for how long a segment that has records stays open
     * @param clock in ns, from any point in time on
     */
    SegmentRoller(Supplier<Collection<SharedLog>> logs, Duration age, LongSupplier clock) {
        this.logs = logs;
        this.ageNanos = age.toNanos();
        this.clock = clock;
        this.thread = new Thread(this::run, "aquifer-segment-roller");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!closing) {
            pass();
            LockSupport.parkNanos(this, ageNanos / LOOKS_PER_AGE);
        }
    }

    /** Rolls what is due. A log whose directory fails at that goes offline with it. */
    void pass() {
        Collection<SharedLog> current = logs.get();
        open.keySet().retainAll(current);
        for (SharedLog state : current) {
            UnifiedLog log = state.log();
            if (log != null && !log.config().remoteLogCopyDisable()) {
                look(state, log);
            }
        }
    }

    private void look(SharedLog state, UnifiedLog log) {
        try {
            LogSegment active = log.activeSegment();
            if (active.size() == 0) {
                open.remove(state);
                return;
            }
            Open seen = open.get(state);
            if (seen == null || seen.baseOffset != active.baseOffset()) {
                open.put(state, new Open(active.baseOffset(), clock.getAsLong()));
            } else if (clock.getAsLong() - seen.sinceNanos >= ageNanos) {
                log.roll();
                open.remove(state);
            }
        } catch (IOException e) {
            LOG.error(
                    "{}",
                    SharedLogs.failed(log, "Rolling the active segment of", e).getMessage(),
                    e);
        } catch (KafkaException e) {
            LOG.warn("The active segment of {} couldn't be rolled", state, e);
        }
    }

    /** Ends the thread. */
    void stop() throws InterruptedException {
        closing = true;
        LockSupport.unpark(thread);
        thread.join();
    }
}
