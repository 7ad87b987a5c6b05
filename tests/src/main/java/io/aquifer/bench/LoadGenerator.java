package io.aquifer.bench;

import io.aquifer.harness.History;
import io.aquifer.harness.Load;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * The clients of every measurement of brokers, in a JVM of their own that stays for all of them, so that both sides are
 * loaded by the same warm code.
 *
 * <p>At a given rate records are due on a schedule that waits for nobody, and latency counts from then: a broker that
 * stalls is charged with every record it kept waiting.
 */
final class LoadGenerator {

    /**
     * For throughput: a broker has one request of a connection in hand at a time, so that few connections would measure
     * how long a request takes.
     */
    private static final int PRODUCERS_FLAT_OUT = 8;

    private static final int PRODUCERS_AT_RATE = 2;
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

    /** A JVM that does what it is asked for. */
    static Worker start() throws IOException {
        return Worker.start(
                "the load generator", Worker.classPathOfThisJvm(), LoadGenerator.class, List.of(), Map.of());
    }

    public static void main(String[] arguments) {
        Worker.serve(Map.of(
                "load",
                LoadGenerator::load,
                CoordinatorLoad.COMMITS,
                CoordinatorLoad::commits,
                CoordinatorLoad.TRANSACTIONS,
                CoordinatorLoad::transactions));
    }

    /** Arguments: bootstrap servers, topic, records a second (0: no limit), ms of warm-up, ms to measure. */
    private static List<Long> load(List<String> words) {
        LoadGenerator generator = new LoadGenerator(words.get(0), words.get(1), Integer.parseInt(words.get(2)));
        Duration warmUp = Duration.ofMillis(Long.parseLong(words.get(3)));
        Duration measured = Duration.ofMillis(Long.parseLong(words.get(4)));
        return (generator.recordsPerSecond == 0
                        ? generator.flatOut(warmUp, measured)
                        : generator.atRate(warmUp, measured))
                .toAnswer();
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
                .withProducers(recordsPerSecond == 0 ? PRODUCERS_FLAT_OUT : PRODUCERS_AT_RATE)
                .withValueBytes(VALUE_BYTES)
                .withRecordsPerSecond(recordsPerSecond)
                .with("acks", "all")
                .with("batch.size", 64 << 10)
                .with("linger.ms", recordsPerSecond == 0 ? 5 : 0)
                .with("buffer.memory", 32 << 20);
        return new Load(bootstrap, topic, history, options).start();
    }

    private static LoadFigures figures(long records, double seconds, Histogram micros) {
        return new LoadFigures(
                (long) (records * (double) VALUE_BYTES / seconds),
                micros.getValueAtPercentile(50),
                micros.getValueAtPercentile(99));
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
