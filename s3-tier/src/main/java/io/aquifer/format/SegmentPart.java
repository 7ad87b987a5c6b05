package io.aquifer.format;

/** What a segment object holds, in the order in which it lies there. */
public enum SegmentPart {
    /** The record batches, as in the {@code .log} file. */
    DATA(0),
    /** As in the {@code .index} file. */
    OFFSET_INDEX(1),
    /** As in the {@code .timeindex} file. */
    TIME_INDEX(2),
    /** As in the {@code .txnindex} file. The only part that may be missing. */
    TRANSACTION_INDEX(3),
    /** As in the {@code .snapshot} file at the offset behind the segment. */
    PRODUCER_SNAPSHOT(4),
    /** As in the {@code leader-epoch-checkpoint} file, up to the end of the segment. */
    LEADER_EPOCHS(5);

    private final int place;

    SegmentPart(int place) {
        this.place = place;
    }

    /** Counted from 0. */
    int place() {
        return place;
    }
}
