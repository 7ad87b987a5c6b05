package io.aquifer.object;

import io.github.bucket4j.TimeMeter;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.Closeable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The limits of a store's traffic, one for each direction. A body waits for its turn before its request waits for a place among
 * those in flight, so that nothing else waits with it.
 */
final class TransferLimits implements Closeable {

    private final ByteLimit upload;
    private final ByteLimit download;
    private final Runnable end;

    /** @param end called when this is closed */
    TransferLimits(ByteLimit upload, ByteLimit download, Runnable end) {
        this.upload = upload;
        this.download = download;
        this.end = end;
    }

    /** The limits that the settings ask for. */
    static TransferLimits of(ObjectStoreSettings settings) {
        if (settings.uploadBytesPerSecond() == 0 && settings.downloadBytesPerSecond() == 0) {
            return new TransferLimits(ByteLimit.NONE, ByteLimit.NONE, () -> {});
        }
        ScheduledExecutorService timer =
                Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("aquifer-s3-limits", true));
        return new TransferLimits(
                limit(settings.uploadBytesPerSecond(), timer),
                limit(settings.downloadBytesPerSecond(), timer),
                timer::shutdownNow);
    }

    private static ByteLimit limit(long bytesPerSecond, ScheduledExecutorService timer) {
        return bytesPerSecond == 0 ? ByteLimit.NONE : new ByteRate(bytesPerSecond, TimeMeter.SYSTEM_NANOTIME, timer);
    }

    ByteLimit upload() {
        return upload;
    }

    ByteLimit download() {
        return download;
    }

    /** Those who wait have been cancelled before, or wait forever. */
    @Override
    public void close() {
        end.run();
    }
}
