package io.aquifer.bench;

import io.aquifer.harness.History;
import io.aquifer.harness.Load;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * The producers of one measurement, in a JVM of their own. Writes one line of JSON, see {@link LoadFigures}.
 *
 * <p>At a given rate records are due on a schedule that waits for nobody, and latency counts from then: a broker that
 * stalls is charged with every record it kept waiting.
 */
final class LoadGenerator {

    static final int PRODUCERS = 2;
    static final int VALUE_BYTES = 1024;
    private static final Duration DRAIN_LIMIT = Duration.ofMinutes(2);

    private final String bootstrap;
    private final String topic;
    private final int recordsPerSecond;

    private LoadGenerator(String bootstrap, String topic, int recordsPerSecond) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.recordsPerSecond = recordsPerSecond;
    }

    /** Arguments: bootstrap servers, topic, records a second (0: no limit), ms of warm-up, ms to measure. */
    public static void main(String[] arguments) throws Exception {
        LoadGenerator generator = new LoadGenerator(arguments[0], arguments[1], Integer.parseInt(arguments[2]));
        Duration warmUp = Duration.ofMillis(Long.parseLong(arguments[3]));
        Duration measured = Duration.ofMillis(Long.parseLong(arguments[4]));
        LoadFigures figures = generator.recordsPerSecond == 0
                ? generator.flatOut(warmUp, measured)
                : generator.atRate(warmUp, measured);
        System.out.println(figures.toJson());
        System.exit(0);
    }

    private LoadFigures flatOut(Duration warmUp, Duration measured) {
        History history = new History();
        try (Load load = load(history)) {
            park(warmUp);
            load.latenciesSinceLastCall();
            long before = history.acknowledged();
            long begin = System.nanoTime();
            park(measured);
            long acknowledged = history.acknowledged() - before;
            double seconds = (System.nanoTime() - begin) / 1e9;
            Histogram latencies = load.latenciesSinceLastCall();
            load.stop(DRAIN_LIMIT);
            requireNoFailure(load);
            return figures(acknowledged, seconds, latencies);
        }
    }

    private LoadFigures atRate(Duration warmUp, Duration measured) {
        runFor(warmUp);
        return runFor(measured);
    }

    /** A load of its own, so that what the warm-up was late by isn't charged to the measurement. */
    private LoadFigures runFor(Duration time) {
        History history = new History();
        try (Load load = load(history)) {
            long begin = System.nanoTime();
            park(time);
            load.stop(DRAIN_LIMIT);
            double seconds = (System.nanoTime() - begin) / 1e9;
            requireNoFailure(load);
            return figures(history.acknowledged(), seconds, load.latenciesSinceLastCall());
        }
    }

    private Load load(History history) {
        Load.Options options = Load.Options.DEFAULT
                .withProducers(PRODUCERS)
                .withValueBytes(VALUE_BYTES)
                .withRecordsPerSecond(recordsPerSecond)
                .with("acks", "all")
                .with("batch.size", 64 << 10)
                .with("linger.ms", recordsPerSecond == 0 ? 5 : 0)
                .with("buffer.memory", 64 << 20);
        return new Load(bootstrap, topic, history, options).start();
    }

    private static LoadFigures figures(long records, double seconds, Histogram micros) {
        return new LoadFigures(
                records * (double) VALUE_BYTES / seconds,
                micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(99) / 1e3);
    }

    private static void requireNoFailure(Load load) {
        Exception failure = load.firstFailure();
        if (failure != null) {
            throw new IllegalStateException(load.failed() + " records were given up", failure);
        }
    }

    private static void park(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
        }
    }
}
