package io.aquifer.log;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import kafka.cluster.Partition;
import org.apache.kafka.metadata.PartitionRegistration;
import org.apache.kafka.storage.internals.log.LogStartOffsetIncrementReason;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a shared log move without being copied between brokers: when replicas are added to a partition that this broker leads, the log
 * goes to the tier up to its end, and the replicas begin there.
 *
 * <p>The active segment is rolled and copied, once more while it has got much in the meantime. Where the tier doesn't take it in time,
 * or a transaction that stays open keeps it away, new replicas begin where the tier ends, and copy the rest from this broker.
 */
final class ReplicaSeeding {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaSeeding.class);
    /** Most of it is waiting for S3. */
    private static final int THREADS = 8;

    private static final int MOST_ROLLS = 4;
    /** What replicas copy of a log that is produced to, at most: bytes. */
    private static final int LITTLE = 256 << 10;

    /** Without any log's getting further. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final LongSupplier clock;
    private final ExecutorService threads;
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicLong seeded = new AtomicLong();
    private final AtomicLong shortened = new AtomicLong();
    private final AtomicLong lastProgress = new AtomicLong();
    private volatile boolean closing;

    /** @param clock in ns, from any point in time on */
    ReplicaSeeding(LongSupplier clock) {
        this.clock = clock;
        lastProgress.set(clock.getAsLong());
        AtomicInteger number = new AtomicInteger();
        this.threads = Executors.newFixedThreadPool(THREADS, work -> {
            Thread thread = new Thread(work, "aquifer-seeding-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** How many logs are on their way into the tier for new replicas. */
    int running() {
        return running.get();
    }

    /** For how many logs new replicas began at their end. */
    long seeded() {
        return seeded.get();
    }

    /** For how many the tier ended before that. */
    long shortened() {
        return shortened.get();
    }

    /** The replicas of a partition that this broker leads are those of the metadata now. */
    void replicasChanged(Partition partition, PartitionRegistration registration) {
        scala.Option<UnifiedLog> led = partition.log();
        SharedLog state = led.isDefined() ? SharedLogs.of(led.get()) : null;
        if (state == null) {
            return;
        }
        Set<Integer> adding =
                Arrays.stream(registration.addingReplicas).boxed().collect(Collectors.toUnmodifiableSet());
        Seeding before = state.seeding();
        if (adding.isEmpty() || !state.isShared()) {
            state.endSeeding(before);
            return;
        }
        UnifiedLog log = led.get();
        if ((before != null && before.replicas().equals(adding)) || !isTiered(log)) {
            return;
        }
        Seeding seeding = new Seeding(adding, log.highWatermark());
        state.beginSeeding(seeding);
        try {
            running.incrementAndGet();
            long begin = clock.getAsLong();
            threads.execute(() -> run(partition, state, log, seeding, begin));
        } catch (RejectedExecutionException e) {
            running.decrementAndGet();
            state.endSeeding(seeding);
        }
    }

    private static boolean isTiered(UnifiedLog log) {
        return log.remoteLogEnabled() && !log.config().remoteLogCopyDisable();
    }

    private void run(Partition partition, SharedLog state, UnifiedLog log, Seeding seeding, long begin) {
        try {
            boolean whole = tier(partition, state, log, seeding, begin);
            if (isWanted(partition, state, seeding)) {
                long end = tierEnd(log);
                log.maybeIncrementLocalLogStartOffset(end, LogStartOffsetIncrementReason.SegmentDeletion);
                seeding.done(end);
                (whole ? seeded : shortened).incrementAndGet();
                LOG.info(
                        "New replicas {} of {} begin at {}, {} offsets before its end, after {} ms",
                        seeding.replicas(),
                        log.topicPartition(),
                        end,
                        log.logEndOffset() - end,
                        TimeUnit.NANOSECONDS.toMillis(clock.getAsLong() - begin));
            }
        } catch (IOException e) {
            LOG.error(
                    "{}",
                    SharedLogs.failed(log, "Rolling the active segment of", e).getMessage(),
                    e);
        } catch (RuntimeException e) {
            LOG.warn("{} can't be brought into the tier, new replicas copy it from here", log.topicPartition(), e);
        } finally {
            if (!seeding.isDone()) {
                state.endSeeding(seeding);
            }
            running.decrementAndGet();
        }
    }

    /** Answers whether all but a little of the log is in the tier. */
    private boolean tier(Partition partition, SharedLog state, UnifiedLog log, Seeding seeding, long begin)
            throws IOException {
        boolean whole;
        int rolls = 0;
        do {
            if (log.activeSegment().size() > 0) {
                log.roll();
            }
            long end = log.activeSegment().baseOffset();
            whole = tierEnd(log) >= end;
            while (!whole && isHopeful(begin) && isWanted(partition, state, seeding)) {
                if (state.copyNow()) {
                    lastProgress.set(clock.getAsLong());
                } else {
                    LockSupport.parkNanos(this, LOOK_NANOS);
                }
                whole = tierEnd(log) >= end;
            }
            rolls++;
        } while (whole && rolls < MOST_ROLLS && log.activeSegment().size() > LITTLE);
        return whole;
    }

    /** Logs that wait for their turn don't wait for a tier that takes nothing, one after the other. */
    private boolean isHopeful(long begin) {
        return clock.getAsLong() - Math.max(begin, lastProgress.get()) < PATIENCE.toNanos();
    }

    /** Below it the tier has the log, or nobody does. */
    private static long tierEnd(UnifiedLog log) {
        return Math.max(log.highestOffsetInRemoteStorage() + 1, log.logStartOffset());
    }

    private boolean isWanted(Partition partition, SharedLog state, Seeding seeding) {
        return !closing && state.seeding() == seeding && state.isShared() && partition.isLeader();
    }

    /** Ends the threads, once what they copy is copied. */
    void stop() throws InterruptedException {
        closing = true;
        threads.shutdown();
        boolean ended = threads.awaitTermination(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        if (!ended) {
            LOG.warn("Segments are still being copied to the tier for new replicas, which is given up");
            threads.shutdownNow();
        }
    }
}
