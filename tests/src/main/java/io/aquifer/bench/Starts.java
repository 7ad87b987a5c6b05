package io.aquifer.bench;

import io.aquifer.harness.AquiferCluster;
import io.aquifer.harness.BrokerProcess;
import java.time.Duration;
import java.util.Locale;

/**
 * How long a broker that was killed takes to start.
 *
 * @param with seconds, with its log directories
 * @param without seconds, after they were deleted
 */
record Starts(double with, double without) {

    private static final Duration GRACE = Duration.ofMinutes(4);

    /** Waits for what is wanted of a broker. */
    @FunctionalInterface
    interface Ready {
        void await() throws Exception;
    }

    /** Kills the broker and starts it until it is ready, first with its log directories, then without. */
    static Starts measure(AquiferCluster cluster, Ready ready) throws Exception {
        BrokerProcess broker = cluster.broker();
        broker.kill();
        double with = start(broker, ready);
        broker.kill();
        cluster.loseLogDirs(broker);
        return new Starts(with, start(broker, ready));
    }

    private static double start(BrokerProcess broker, Ready ready) throws Exception {
        long begin = System.nanoTime();
        broker.startAndAwait(GRACE);
        ready.await();
        return (System.nanoTime() - begin) / 1e9;
    }

    double longerWithout() {
        return without - with;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.1f s with the local disk, %.1f s without", with, without);
    }
}
