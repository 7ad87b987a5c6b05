package io.aquifer.wal.append;

/**
 * Room that one thread holds in memory and ring for records it is about to append, so that its claims don't wait.
 *
 * <p>Not thread-safe: owned by the thread that reserved. What isn't claimed goes back with {@link #close}.
 */
public final class Reservation implements AutoCloseable {

    private final WriteAheadLog log;
    private long bytes;

    Reservation(WriteAheadLog log, long bytes) {
        this.log = log;
        this.bytes = bytes;
    }

    /** Takes up to {@code wanted} bytes out of this reservation and answers how many. */
    long take(long wanted) {
        long taken = Math.min(wanted, bytes);
        bytes -= taken;
        return taken;
    }

    /** Undoes a {@link #take}. */
    void putBack(long untaken) {
        bytes += untaken;
    }

    @Override
    public void close() {
        long left = bytes;
        bytes = 0;
        if (left > 0) {
            log.unreserve(left);
        }
    }
}
