package io.aquifer.wal.device;

import java.io.Closeable;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes of several threads through native AIO, each with an {@link AioContext} of its own while it lasts.
 *
 * <p>A thread that waits in a context of its own is woken for its own write and no other. Contexts are made when there is
 * none to spare, and used again. Where the kernel refuses one, or a request, the write goes through pwrite(2): the
 * descriptor is open with {@code O_DSYNC}, so that it is as durable, only slower.
 */
final class AioWrites implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(AioWrites.class);

    private final NativeIo io;
    private final String path;
    private final AtomicBoolean refused = new AtomicBoolean();

    /** Guarded by this. */
    private final ArrayDeque<AioContext> idle = new ArrayDeque<>();

    AioWrites(NativeIo io, String path) {
        this.io = io;
        this.path = path;
    }

    /**
     * As pwrite(2): how many bytes were written, or a negated error number.
     *
     * @param fd open with {@code O_DSYNC}
     */
    long pwrite(int fd, long address, long length, long position) {
        try {
            AioContext context = take();
            try {
                return context.write(fd, address, length, position);
            } finally {
                putBack(context);
            }
        } catch (AioRefusedException e) {
            if (refused.compareAndSet(false, true)) {
                LOG.warn(
                        "Not every write to {} is asynchronous: {}. Those that aren't take longer, and are as durable.",
                        path,
                        e.getMessage());
            }
            return io.pwrite(fd, address, length, position);
        }
    }

    private AioContext take() throws AioRefusedException {
        synchronized (this) {
            AioContext context = idle.pollLast();
            if (context != null) {
                return context;
            }
        }
        return AioContext.open(io);
    }

    private synchronized void putBack(AioContext context) {
        if (context.isOpen()) {
            idle.addLast(context);
        }
    }

    /** When no write is under way. */
    @Override
    public synchronized void close() {
        idle.forEach(AioContext::close);
        idle.clear();
    }
}
