package io.aquifer.log;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import kafka.cluster.Partition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells partitions that their durable end has risen, on threads of its own: completing a produce reads the log, may
 * append, and takes locks that the device must never wait for.
 *
 * <p>Striped by partition, so that one partition is told by one thread; while a callback is queued, further rises need
 * none of their own.
 */
final class DurableCallbacks implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DurableCallbacks.class);
    private static final int STRIPES = 2;

    private final Consumer<SharedLog> callback;
    private final ExecutorService[] stripes = new ExecutorService[STRIPES];

    DurableCallbacks() {
        this(DurableCallbacks::tellPartition);
    }

    /** @param callback run for a log whose durable end rose. An exception of it doesn't keep others from being run */
    DurableCallbacks(Consumer<SharedLog> callback) {
        this.callback = callback;
        for (int i = 0; i < STRIPES; i++) {
            String name = "aquifer-durable-" + i;
            stripes[i] = Executors.newSingleThreadExecutor(body -> {
                Thread thread = new Thread(body, name);
                thread.setDaemon(true);
                return thread;
            });
        }
    }

    /** Without effect once this is closed. */
    void queue(SharedLog log) {
        if (log.queueCallback()) {
            try {
                stripes[Math.floorMod(log.topicPartition().hashCode(), STRIPES)].execute(() -> call(log));
            } catch (RejectedExecutionException e) {
                LOG.debug("{} isn't told any more", log.topicPartition(), e);
            }
        }
    }

    private void call(SharedLog log) {
        log.callbackBegins();
        try {
            callback.accept(log);
        } catch (RuntimeException e) {
            LOG.error(
                    "Telling {} that it is durable up to {} failed; the next append or fetch tells it again",
                    log.topicPartition(),
                    log.durableEnd().messageOffset,
                    e);
        }
    }

    private static void tellPartition(SharedLog log) {
        Partition partition = log.partition();
        if (partition != null) {
            KafkaInternals.maybeIncrementLeaderHighWatermark(partition);
            partition.tryCompleteDelayedRequests();
        }
    }

    @Override
    public void close() {
        for (ExecutorService stripe : stripes) {
            stripe.shutdown();
        }
        for (ExecutorService stripe : stripes) {
            try {
                boolean ended = stripe.awaitTermination(5, TimeUnit.SECONDS);
                if (!ended) {
                    LOG.warn("Some partitions weren't told of their durable end before the shutdown");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
