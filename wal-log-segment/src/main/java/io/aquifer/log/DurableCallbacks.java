package io.aquifer.log;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import kafka.cluster.Partition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells partitions that their durable end has risen, on threads of its own: completing a produce reads the log, may
 * append, and takes locks that the device must never wait for.
 *
 * <p>One write makes records of many partitions durable, and a produce waits for all of its own. So all high watermarks
 * that are due are raised before any request is completed: the first try then finds the whole of it, where each
 * partition's own would look at every other again.
 *
 * <p>Striped by partition, so that one partition is told by one thread; while it is queued, further rises need nothing of
 * their own.
 */
final class DurableCallbacks implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DurableCallbacks.class);
    private static final int STRIPES = 2;

    /** The two steps of telling the partition of a log. An exception doesn't keep others from being told. */
    interface Steps {

        void raiseHighWatermark(SharedLog log);

        void completeRequests(SharedLog log);
    }

    private static final Steps OF_PARTITIONS = new Steps() {
        @Override
        public void raiseHighWatermark(SharedLog log) {
            Partition partition = log.partition();
            if (partition != null) {
                KafkaInternals.maybeIncrementLeaderHighWatermark(partition);
            }
        }

        @Override
        public void completeRequests(SharedLog log) {
            Partition partition = log.partition();
            if (partition != null) {
                partition.tryCompleteDelayedRequests();
            }
        }
    };

    private final Steps steps;
    private final List<Stripe> stripes = new ArrayList<>();

    DurableCallbacks() {
        this(OF_PARTITIONS);
    }

    DurableCallbacks(Steps steps) {
        this.steps = steps;
        for (int i = 0; i < STRIPES; i++) {
            stripes.add(new Stripe("aquifer-durable-" + i));
        }
    }

    /** Without effect once this is closed. */
    void queue(SharedLog log) {
        if (log.queueCallback()) {
            stripes.get(stripe(log)).add(log);
        }
    }

    static int stripe(SharedLog log) {
        return Math.floorMod(log.topicPartition().hashCode(), STRIPES);
    }

    /** A thread and the logs whose partitions it is to tell. */
    private final class Stripe {

        private final ConcurrentLinkedQueue<SharedLog> queued = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean scheduled = new AtomicBoolean();
        private final ExecutorService executor;

        Stripe(String name) {
            executor = Executors.newSingleThreadExecutor(body -> {
                Thread thread = new Thread(body, name);
                thread.setDaemon(true);
                return thread;
            });
        }

        void add(SharedLog log) {
            queued.add(log);
            if (scheduled.compareAndSet(false, true)) {
                try {
                    executor.execute(this::tellQueued);
                } catch (RejectedExecutionException e) {
                    LOG.debug("{} isn't told any more", log.topicPartition(), e);
                }
            }
        }

        private void tellQueued() {
            scheduled.set(false);
            List<SharedLog> logs = new ArrayList<>();
            for (SharedLog log = queued.poll(); log != null; log = queued.poll()) {
                log.callbackBegins();
                logs.add(log);
            }
            logs.forEach(log -> call(steps::raiseHighWatermark, log));
            logs.forEach(log -> call(steps::completeRequests, log));
        }
    }

    private static void call(Consumer<SharedLog> step, SharedLog log) {
        try {
            step.accept(log);
        } catch (RuntimeException e) {
            LOG.error(
                    "Telling {} that it is durable up to {} failed; the next append or fetch tells it again",
                    log.topicPartition(),
                    log.durableEnd().messageOffset,
                    e);
        }
    }

    @Override
    public void close() {
        for (Stripe stripe : stripes) {
            stripe.executor.shutdown();
        }
        for (Stripe stripe : stripes) {
            try {
                boolean ended = stripe.executor.awaitTermination(5, TimeUnit.SECONDS);
                if (!ended) {
                    LOG.warn("Some partitions weren't told of their durable end before the shutdown");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
