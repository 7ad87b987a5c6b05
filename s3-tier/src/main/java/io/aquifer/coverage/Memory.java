package io.aquifer.coverage;

/**
 * How much of the heap a look at the bucket takes up, roughly and rather too much than too little. A bucket can hold more than
 * fits: the collector then does nothing, for the broker that it runs in has other work.
 */
final class Memory {

    /** With its key, its name and its places in collections. */
    private static final int OBJECT_BYTES = 600;
    /** What a WAL object says of one log, with what is made of it while it is judged. */
    private static final int LOG_BYTES = 400;

    private static final int MARK_BYTES = 150;
    /** A segment in a snapshot. */
    private static final int SEGMENT_BYTES = 600;

    private final long limit;
    private long used;

    /** @param limit in bytes */
    Memory(long limit) {
        this.limit = limit;
    }

    void object() throws TooMuchToCollectException {
        use(OBJECT_BYTES);
    }

    void walObject(WalSummary summary) throws TooMuchToCollectException {
        use((long) LOG_BYTES * summary.logs().size() + (long) MARK_BYTES * summary.marks());
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
