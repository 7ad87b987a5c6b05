package io.aquifer.object;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Has a rate go by a {@link SimulatedClock}: it tells the time by it, and runs what is to run later when that says so. */
final class SimulatedTimer extends ScheduledThreadPoolExecutor implements TimeMeter {

    private final SimulatedClock clock;

    SimulatedTimer(SimulatedClock clock) {
        super(0);
        this.clock = clock;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        clock.schedule(Duration.of(delay, unit.toChronoUnit()), command);
        return null;
    }

    @Override
    public long currentTimeNanos() {
        return ChronoUnit.NANOS.between(Instant.EPOCH, clock.now());
    }

    @Override
    public boolean isWallClockBased() {
        return false;
    }
}
