package io.aquifer.rebuild;

import io.aquifer.wal.recovery.Extent;
import io.aquifer.wal.recovery.RecoveredLog;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.storage.internals.log.ProducerStateEntry;

/**
 * From where to where a lost log is rebuilt, and out of which batches.
 *
 * <p>{@code base <= localStart <= end}, and {@code tieredEnd} is at most {@code end} or {@code localStart}: what lies from
 * {@code tieredEnd} to {@code localStart} becomes composite segments, what lies from {@code localStart} to {@code end} the
 * local segment. The WAL holds what comes behind {@code end}.
 *
 * @param base where the state of the log is known: a segment ends there, or the log begins
 * @param tieredEnd up to where segments hold the log already; {@code base} when there are none
 * @param batches from {@code base} to {@code end}, without a gap
 */
record RebuildPlan(long base, boolean fromSegment, long tieredEnd, long end, List<StoredBatch> batches) {

    /** Producers that wrote nothing in so many last bytes of a log aren't waiting for an answer any more. */
    static final long RECENT_BYTES = 16 << 20;

    /** What keeps a log from being rebuilt. Its message says which offsets are missing. */
    static final class MissingOffsetsException extends Exception {
        private static final long serialVersionUID = 1L;

        MissingOffsetsException(long from, long to) {
            super("offsets " + from + " to " + (to - 1) + " are neither in a segment nor in a WAL object");
        }
    }

    /**
     * @param recovered what the WAL holds of the log
     * @param stored what WAL objects hold of it, up to position {@code storedEnd} of the WAL
     */
    static RebuildPlan of(RecoveredLog recovered, StoredLog stored, long storedEnd, TieredLog tiered)
            throws MissingOffsetsException {
        List<StoredBatch> batches = unbroken(stored.upTo(end(recovered, storedEnd)));
        long logStart = Math.max(0, recovered.logStartOffset());
        OptionalLong tieredEnd = tiered.end();
        if (batches.isEmpty()) {
            long end = tieredEnd.orElse(logStart);
            return new RebuildPlan(end, tieredEnd.isPresent(), end, end, List.of());
        }
        long first = batches.get(0).baseOffset();
        long end = batches.get(batches.size() - 1).endOffset();
        OptionalLong boundary = tiered.boundary(first, end);
        if (boundary.isPresent()) {
            long base = boundary.getAsLong();
            return new RebuildPlan(base, true, tieredEnd.getAsLong(), end, from(batches, base));
        }
        if (tieredEnd.orElse(logStart) > end) {
            return new RebuildPlan(
                    tieredEnd.getAsLong(), true, tieredEnd.getAsLong(), tieredEnd.getAsLong(), List.of());
        }
        if (tieredEnd.orElse(logStart) < first) {
            throw new MissingOffsetsException(tieredEnd.orElse(logStart), first);
        }
        return new RebuildPlan(first, false, first, end, batches);
    }

    /** This plan, if what it rebuilds reaches what the WAL holds, which is appended to it when the log opens. */
    RebuildPlan reaching(RecoveredLog recovered) throws MissingOffsetsException {
        long from = Math.max(end, recovered.logStartOffset());
        if (from < recovered.resumesAt()) {
            throw new MissingOffsetsException(from, recovered.resumesAt());
        }
        return this;
    }

    /** Behind what the WAL holds and no object does yet, nothing of the objects counts. */
    static long end(RecoveredLog recovered, long storedEnd) {
        long end = recovered.endOffset() < 0 ? Long.MAX_VALUE : recovered.endOffset();
        for (Extent extent : recovered.extents()) {
            if (extent.block() >= storedEnd) {
                end = Math.min(end, extent.baseOffset());
            }
        }
        return end;
    }

    /** Those at the end that follow each other without a gap. */
    static List<StoredBatch> unbroken(List<StoredBatch> batches) {
        int first = batches.size();
        while (first > 0
                && (first == batches.size()
                        || batches.get(first - 1).endOffset()
                                == batches.get(first).baseOffset())) {
            first--;
        }
        return batches.subList(first, batches.size());
    }

    static List<StoredBatch> from(List<StoredBatch> batches, long offset) {
        return batches.stream().dropWhile(batch -> batch.baseOffset() < offset).toList();
    }

    /**
     * Where the local segment begins: at or below the first offset whose transaction isn't decided, the last five batches of
     * every producer that wrote recently, and the last batch.
     *
     * @param atBase the producers at {@link #base}, which are brought to the end
     */
    long localStart(ProducerReplay atBase) {
        if (batches.isEmpty()) {
            return end;
        }
        Map<Long, Deque<Long>> lastOf = new HashMap<>();
        long recentFrom = recentFrom();
        for (StoredBatch batch : batches) {
            atBase.append(batch.header());
            long producer = batch.header().producerId();
            if (producer >= 0 && !batch.header().isControl()) {
                Deque<Long> last = lastOf.computeIfAbsent(producer, id -> new ArrayDeque<>());
                last.add(batch.baseOffset());
                if (last.size() > ProducerStateEntry.NUM_BATCHES_TO_RETAIN) {
                    last.remove();
                }
            }
        }
        long bound = Math.min(
                atBase.firstUndecided(end), batches.get(batches.size() - 1).baseOffset());
        for (Deque<Long> last : lastOf.values()) {
            if (last.getLast() >= recentFrom) {
                bound = Math.min(bound, last.getFirst());
            }
        }
        return startOfBatchAt(bound);
    }

    private long recentFrom() {
        long bytes = 0;
        for (int i = batches.size() - 1; i >= 0; i--) {
            bytes += batches.get(i).header().length();
            if (bytes > RECENT_BYTES) {
                return batches.get(i).baseOffset();
            }
        }
        return base;
    }

    /** The last offset up to {@code offset} at which a batch begins. */
    private long startOfBatchAt(long offset) {
        long start = base;
        for (StoredBatch batch : batches) {
            if (batch.baseOffset() > offset) {
                break;
            }
            start = batch.baseOffset();
        }
        return start;
    }

    /** The batches from one offset to another. */
    List<StoredBatch> between(long from, long to) {
        List<StoredBatch> between = new ArrayList<>();
        for (StoredBatch batch : batches) {
            if (batch.baseOffset() >= from && batch.baseOffset() < to) {
                between.add(batch);
            }
        }
        return Collections.unmodifiableList(between);
    }
}
