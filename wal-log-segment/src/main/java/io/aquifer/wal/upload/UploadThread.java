package io.aquifer.wal.upload;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** The thread that drives a {@link WalUploader}. */
public final class UploadThread {

    /** How long a block waits at most until it is taken up. */
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Thread thread;
    private final WalUploader uploader;
    private final Consumer<IOException> fail;
    private volatile boolean finishing;
    private volatile boolean closing;

    /** @param fail told when the uploader itself breaks */
    public UploadThread(WalUploader uploader, Consumer<IOException> fail) {
        this.uploader = uploader;
        this.fail = fail;
        this.thread = new Thread(this::run, "aquifer-wal-uploader");
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** An answer is here. */
    public void wakeUp() {
        LockSupport.unpark(thread);
    }

    private void run() {
        try {
            while (!closing && !uploader.isOver() && !(finishing && uploader.isFinished())) {
                if (finishing) {
                    uploader.finish();
                }
                long wait = uploader.step();
                if (wait > 0) {
                    LockSupport.parkNanos(this, Math.min(TICK_NANOS, wait));
                }
            }
        } catch (RuntimeException | Error e) {
            fail.accept(new IOException("the upload of the WAL broke: " + e, e));
            throw e;
        }
    }

    /**
     * Uploads what is durable, as far as that goes in time, and ends the thread.
     *
     * @param timeout for what is still to be uploaded
     */
    public void finish(Duration timeout) throws InterruptedException {
        finishing = true;
        wakeUp();
        thread.join(Math.max(1, timeout.toMillis()));
        closing = true;
        wakeUp();
        thread.join();
    }
}
