package io.aquifer.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The sequence of WAL objects of one epoch as the bucket has it: an unbroken run of numbers, and its seal where it has one.
 *
 * <p>What garbage collection has {@linkplain CollectionRecord condemned} makes no gap, wherever in the run it lies: it is gone,
 * or may go at any time, and is passed over. The last object of a run that has no seal is never condemned, and a seal never,
 * so the number behind the run is known from what is there. A broker sends nothing of an epoch before number 0 of it exists.
 * What lies behind a gap, or behind the seal, isn't part of the run.
 *
 * @param first number of the first object that isn't condemned; {@code end} when there is none
 * @param end number behind the last object: of the seal, or the first free one
 * @param collected numbers that are passed over
 */
public record WalRun(int nodeId, long epoch, long first, long end, Optional<WalSeal> seal, LongRanges collected) {

    public WalRun {
        if (first < 0 || end < first || (seal.isEmpty() && end == first)) {
            throw new IllegalArgumentException(
                    "a run of WAL objects from " + first + " to " + end + " in epoch " + epoch);
        }
        LongRanges within = LongRanges.copyOf(collected);
        within.remove(Long.MIN_VALUE, first);
        within.remove(end, Long.MAX_VALUE);
        collected = within;
    }

    /** A run of which nothing was collected behind its first object. */
    public WalRun(int nodeId, long epoch, long first, long end, Optional<WalSeal> seal) {
        this(nodeId, epoch, first, end, seal, new LongRanges());
    }

    /** The objects of the run that count, in the order of their numbers. */
    public List<WalObjectName> objects() {
        List<WalObjectName> objects = new ArrayList<>();
        for (long sequence = first; sequence < end; sequence++) {
            if (!collected.contains(sequence)) {
                objects.add(new WalObjectName(nodeId, epoch, sequence));
            }
        }
        return List.copyOf(objects);
    }

    /** The name of the object with a number of this run that wasn't collected. */
    public WalObjectName object(long sequence) {
        if (sequence < first || sequence >= end || collected.contains(sequence)) {
            throw new IllegalArgumentException(
                    sequence + " isn't from " + first + " to below " + end + ", without " + collected);
        }
        return new WalObjectName(nodeId, epoch, sequence);
    }

    /** The first number that isn't an object of this run's. It is free unless the run is sealed. */
    public WalObjectName next() {
        return new WalObjectName(nodeId, epoch, end);
    }
}
