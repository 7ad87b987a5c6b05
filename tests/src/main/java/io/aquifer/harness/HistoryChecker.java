package io.aquifer.harness;

import io.aquifer.harness.History.Outcome;
import io.aquifer.harness.History.Transaction;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Holds what consumers read against a {@link History}.
 *
 * <p>Made after the producers have ended. Records are handed over in the order in which a consumer got them.
 */
public final class HistoryChecker {

    /** Which records of transactions the consumer was to see. */
    public enum Isolation {
        READ_UNCOMMITTED,
        READ_COMMITTED
    }

    private static final int MAX_EXAMPLES = 20;

    private final History history;
    private final Isolation isolation;
    private final List<Reads> producers = new ArrayList<>();
    private final Map<Integer, Long> logStarts = new HashMap<>();
    private final Map<Integer, Long> lastOffsets = new HashMap<>();
    private final List<String> examples = new ArrayList<>();
    private long read;
    private long duplicated;
    private long outOfOrder;
    private long invented;

    public HistoryChecker(History history, Isolation isolation) {
        this.history = history;
        this.isolation = isolation;
        for (int producer = 0; producer < history.producers(); producer++) {
            producers.add(new Reads(history.places(producer)));
        }
    }

    /** Says that records below {@code offset} of {@code partition} may be gone. */
    public void logStartsAt(int partition, long offset) {
        logStarts.put(partition, offset);
    }

    /** Takes in one record as it was read. */
    public void read(int partition, long offset, byte[] value) {
        read++;
        Long last = lastOffsets.put(partition, offset);
        if (last != null && last >= offset) {
            outOfOrder++;
            note(() -> at(partition, offset) + " was read after offset " + last);
        }
        Payload payload = Payload.decode(value);
        if (payload == null || payload.producer() >= producers.size()) {
            invented++;
            note(() -> at(partition, offset) + " holds what nobody sent");
            return;
        }
        Reads reads = producers.get(payload.producer());
        if (payload.sequence() >= reads.places.length) {
            invented++;
            note(() -> at(partition, offset) + " holds " + payload + ", which was never sent");
            return;
        }
        judge(reads, payload, partition, offset);
    }

    private void judge(Reads reads, Payload payload, int partition, long offset) {
        int sequence = (int) payload.sequence();
        if (reads.places[sequence] == History.place(partition, offset)) {
            reads.inPlace.set(sequence);
        }
        if (reads.seen.get(sequence)) {
            duplicated++;
            note(() -> payload + " was read again at " + at(partition, offset));
            return;
        }
        reads.seen.set(sequence);
        Integer before = reads.lastOf.put(partition, sequence);
        if (before != null && before > sequence) {
            outOfOrder++;
            note(() -> payload + " at " + at(partition, offset) + " stands behind sequence " + before);
        }
    }

    /** Judges all that was read until now. */
    public Verdict verdict() {
        Tally tally = new Tally();
        for (int producer = 0; producer < producers.size(); producer++) {
            Reads reads = producers.get(producer);
            BitSet excused = judgeTransactions(producer, reads, tally);
            for (int sequence = 0; sequence < reads.places.length; sequence++) {
                if (reads.places[sequence] >= 0 && !excused.get(sequence)) {
                    judgeAcknowledged(new Payload(producer, sequence), reads, tally);
                }
            }
        }
        return new Verdict(
                tally.acknowledged,
                read,
                tally.lost,
                tally.misplaced,
                duplicated,
                outOfOrder,
                invented + tally.invented,
                List.copyOf(examples));
    }

    private void judgeAcknowledged(Payload payload, Reads reads, Tally tally) {
        int sequence = (int) payload.sequence();
        long place = reads.places[sequence];
        int partition = History.partition(place);
        long offset = History.offset(place);
        if (offset < logStarts.getOrDefault(partition, 0L)) {
            return;
        }
        tally.acknowledged++;
        if (!reads.seen.get(sequence)) {
            tally.lost++;
            note(() -> payload + " was acknowledged at " + at(partition, offset) + " and is lost");
        } else if (!reads.inPlace.get(sequence)) {
            tally.misplaced++;
            note(() -> payload + " was acknowledged at " + at(partition, offset) + " and is not there");
        }
    }

    /** Answers the records that needn't be there although they were acknowledged. */
    private BitSet judgeTransactions(int producer, Reads reads, Tally tally) {
        BitSet excused = new BitSet();
        if (isolation == Isolation.READ_UNCOMMITTED) {
            return excused;
        }
        for (Transaction transaction : history.transactions(producer)) {
            if (transaction.outcome() == Outcome.COMMITTED) {
                continue;
            }
            int first = (int) transaction.first();
            int end = (int) transaction.end();
            excused.set(first, end);
            int visible = reads.seen.get(first, end).cardinality();
            boolean torn = visible > 0 && visible < end - first;
            if (transaction.outcome() == Outcome.ABORTED ? visible > 0 : torn) {
                tally.invented += visible;
                note(() -> visible + " records of producer " + producer + " are visible of " + transaction);
            }
        }
        return excused;
    }

    private static String at(int partition, long offset) {
        return "partition " + partition + " offset " + offset;
    }

    private void note(Supplier<String> finding) {
        if (examples.size() < MAX_EXAMPLES) {
            examples.add(finding.get());
        }
    }

    private static final class Tally {
        private long acknowledged;
        private long lost;
        private long misplaced;
        private long invented;
    }

    private static final class Reads {
        private final long[] places;
        private final BitSet seen = new BitSet();
        private final BitSet inPlace = new BitSet();
        private final Map<Integer, Integer> lastOf = new HashMap<>();

        Reads(long[] places) {
            this.places = places;
        }
    }
}
