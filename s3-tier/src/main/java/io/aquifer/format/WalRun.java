package io.aquifer.format;

import java.util.Optional;

/**
 * The sequence of WAL objects of one epoch as the bucket has it: an unbroken run of numbers, and its seal where it has one.
 *
 * <p>The run begins at the lowest number that exists, since collecting garbage takes objects away at the front; it never takes
 * the last one, and a broker sends nothing of an epoch before number 0 of it exists. What lies behind a gap, or behind the
 * seal, isn't part of it.
 *
 * @param first number of the first object
 * @param end number behind the last object: of the seal, or the first free one
 */
public record WalRun(int nodeId, long epoch, long first, long end, Optional<WalSeal> seal) {

    public WalRun {
        if (first < 0 || end < first || (seal.isEmpty() && end == first)) {
            throw new IllegalArgumentException(
                    "a run of WAL objects from " + first + " to " + end + " in epoch " + epoch);
        }
    }

    /** The name of the object with a number of this run. */
    public WalObjectName object(long sequence) {
        if (sequence < first || sequence >= end) {
            throw new IllegalArgumentException(sequence + " isn't from " + first + " to below " + end);
        }
        return new WalObjectName(nodeId, epoch, sequence);
    }

    /** The first number that isn't an object of this run's. It is free unless the run is sealed. */
    public WalObjectName next() {
        return new WalObjectName(nodeId, epoch, end);
    }
}
