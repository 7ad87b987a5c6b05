package io.aquifer.format;

import java.util.Collections;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What is to be known of a segment without reading it: enough to make the metadata of a partition anew from its objects.
 *
 * @param maxTimestamp largest timestamp of its records, in ms
 * @param copyTimestamp when copying it began, in ms
 * @param brokerId who copied it
 * @param transactionIndexEmpty whether no transaction was aborted in it
 * @param leaderEpochs for every leader epoch with records in the segment, in ascending order, the first offset of that
 *     epoch, which may lie before the segment; never empty
 */
public record SegmentInfo(
        SegmentName name,
        long maxTimestamp,
        long copyTimestamp,
        int brokerId,
        boolean transactionIndexEmpty,
        NavigableMap<Integer, Long> leaderEpochs) {

    /** Most leader epochs in one segment. */
    public static final int MAX_LEADER_EPOCHS = 1 << 20;

    public SegmentInfo {
        leaderEpochs = Collections.unmodifiableNavigableMap(new TreeMap<>(leaderEpochs));
        if (leaderEpochs.isEmpty() || leaderEpochs.size() > MAX_LEADER_EPOCHS) {
            throw new IllegalArgumentException(
                    leaderEpochs.size() + " leader epochs in a segment, not 1 to " + MAX_LEADER_EPOCHS);
        }
        if (leaderEpochs.lastKey() != name.leaderEpoch()) {
            throw new IllegalArgumentException("the last leader epoch in the segment is " + leaderEpochs.lastKey()
                    + ", its name says " + name.leaderEpoch());
        }
    }
}
