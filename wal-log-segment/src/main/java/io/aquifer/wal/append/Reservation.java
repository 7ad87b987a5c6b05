package io.aquifer.wal.append;

/**
 * Room that one thread holds in memory and ring for records it is about to append, so that its claims don't wait.
 *
 * <p>Not thread-safe: owned by the thread that reserved. What isn't claimed goes back with {@link #close}.
 */
public final class Reservation implements AutoCloseable {

    private static final int ENDED = -1;

    private final WriteAheadLog log;
    private long bytes;
    private int expected;
    private int gathering;

    /** @param records how many are to be claimed: blocks that have the first of them wait for the last */
    Reservation(WriteAheadLog log, long bytes, int records) {
        this.log = log;
        this.bytes = bytes;
        this.expected = records;
        this.gathering = records > 1 ? log.gathering().begin() : ENDED;
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

    /** One of the expected records is claimed. */
    void claimed() {
        expected--;
        if (expected == 0) {
            endGathering();
        }
    }

    private void endGathering() {
        if (gathering != ENDED) {
            log.gathering().end(gathering);
            gathering = ENDED;
        }
    }

    @Override
    public void close() {
        endGathering();
        long left = bytes;
        bytes = 0;
        if (left > 0) {
            log.unreserve(left);
        }
    }
}
