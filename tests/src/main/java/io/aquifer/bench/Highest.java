package io.aquifer.bench;

import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** The highest value of a gauge that is looked at ten times a second for as long as this is open. */
final class Highest implements AutoCloseable {

    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor();
    private final ScheduledFuture<?> looks;
    private volatile double value;

    Highest(Callable<Double> gauge) {
        looks = looking.scheduleAtFixedRate(() -> look(gauge), 0, 100, TimeUnit.MILLISECONDS);
    }

    private void look(Callable<Double> gauge) {
        try {
            value = Math.max(value, gauge.call());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Until now.
     *
     * @throws Exception if the gauge couldn't be looked at all the time
     */
    double value() throws Exception {
        if (looks.isDone()) {
            looks.get();
        }
        return value;
    }

    @Override
    public void close() {
        looking.shutdownNow();
    }
}
