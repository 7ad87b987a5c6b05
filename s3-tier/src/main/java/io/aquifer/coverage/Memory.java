package io.aquifer.coverage;

/**
 * How much of the heap a look at the bucket takes up, roughly and rather too much than too little. A bucket can hold more than
 * fits: the collector then does nothing, for the broker that it runs in has other work.
 */
final class Memory {

    /** With its key, its name and its places in collections. */
    private static final int OBJECT_BYTES = 600;
    /** What a WAL object says of one log. */
    private static final int LOG_BYTES = 8;

    private static final int MARK_BYTES = 24;
    /** What is made of a mark while its log is looked at, with and without what may go. */
    private static final int HISTORY_BYTES = 300;
    /** The part of the memory that is for logs while they are looked at. */
    private static final int HISTORY_PART = 4;

    /** A segment in a snapshot. */
    private static final int SEGMENT_BYTES = 600;

    private final long limit;
    private long used;
    private long marks;

    /** @param limit in bytes */
    Memory(long limit) {
        this.limit = limit;
        this.used = limit / HISTORY_PART;
    }

    void object() throws TooMuchToCollectException {
        use(OBJECT_BYTES);
    }

    void walObject(WalSummary summary) throws TooMuchToCollectException {
        marks += summary.marks();
        use((long) LOG_BYTES * summary.size() + (long) MARK_BYTES * summary.marks());
    }

    /** In how many groups logs have to be looked at. */
    int groups() {
        return (int) (1 + marks / Math.max(1, limit / HISTORY_PART / HISTORY_BYTES));
    }

    void snapshot(int segments) throws TooMuchToCollectException {
        use((long) SEGMENT_BYTES * segments);
    }

    private void use(long bytes) throws TooMuchToCollectException {
        used += bytes;
        if (used > limit) {
            throw new TooMuchToCollectException(limit);
        }
    }
}
