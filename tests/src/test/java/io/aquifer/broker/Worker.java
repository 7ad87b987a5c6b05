package io.aquifer.broker;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/** Does one thing again and again in a thread of its own, and goes on with a new client when Kafka's has failed. */
abstract class Worker implements AutoCloseable {

    /** For every client: a broker that is back is to be found soon. */
    private static final Map<String, Object> CLIENT =
            Map.of("reconnect.backoff.ms", 20L, "reconnect.backoff.max.ms", 100L);

    private final Thread thread;
    private final AtomicLong done = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> end = new AtomicReference<>();
    private volatile boolean stopping;

    Worker(String name) {
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    /** Works with new clients until they fail or it {@link #isStopping()}. */
    abstract void work();

    /** How often it has done its thing until now. */
    final long done() {
        rethrow();
        return done.get();
    }

    final void oneMoreDone() {
        done.incrementAndGet();
    }

    final boolean isStopping() {
        return stopping;
    }

    final void start() {
        thread.start();
    }

    /** Returns when it has ended, after what it was just doing. */
    final void stop(Duration limit) {
        stopping = true;
        try {
            thread.join(limit.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while " + this + " was ending", e);
        }
        if (thread.isAlive()) {
            throw new AssertionError(this + " did not end within " + limit.toSeconds() + " s");
        }
        rethrow();
    }

    @Override
    public final void close() {
        stopping = true;
        thread.interrupt();
    }

    /** Settings of a client. */
    static Map<String, Object> client(String bootstrap, Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(CLIENT);
        config.put("bootstrap.servers", bootstrap);
        config.putAll(more);
        return config;
    }

    private void run() {
        try {
            while (!stopping) {
                workUntilFailure();
            }
        } catch (RuntimeException | Error e) {
            end.set(e);
        }
    }

    private void workUntilFailure() {
        try {
            work();
        } catch (InterruptException e) {
            stopping = true;
        } catch (KafkaException e) {
            System.out.println(this + " goes on with new clients after " + e);
        }
    }

    private void rethrow() {
        Throwable cause = end.get();
        if (cause != null) {
            throw new AssertionError(this + " found something wrong: " + cause.getMessage(), cause);
        }
    }

    @Override
    public String toString() {
        return thread.getName();
    }
}
