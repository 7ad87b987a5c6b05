package io.aquifer.rebuild;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.image.MetadataImage;

/** Waits until the broker's own image of the cluster's metadata has got somewhere. */
public final class MetadataWait {

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private MetadataWait() {}

    /**
     * The newest image, which is there when {@code patience} is over or this thread is interrupted, too: the caller looks.
     *
     * @param image the newest that the broker has
     */
    public static MetadataImage until(
            Predicate<MetadataImage> there, Supplier<MetadataImage> image, Duration patience) {
        long from = System.nanoTime();
        MetadataImage newest = image.get();
        while (!there.test(newest)
                && System.nanoTime() - from <= patience.toNanos()
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(LOOK_NANOS);
            newest = image.get();
        }
        return newest;
    }
}
