package io.aquifer.log;

import java.util.Set;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;

/**
 * Where replicas of a log begin that are being added, as their leader has it.
 *
 * <p>Until the log is in the tier up to its end, those that hold less wait. Then they are sent to the tier, by the same answer as
 * for records that the leader doesn't have locally any more.
 */
final class Seeding {

    private final Set<Integer> replicas;
    private volatile Gate gate;

    /** Replicas that read below {@code offset} are to begin there instead, now or later. */
    private record Gate(long offset, boolean open) {}

    /**
     * @param replicas that are being added
     * @param heldBelow every replica that counts already reads at this offset or above
     */
    Seeding(Set<Integer> replicas, long heldBelow) {
        this.replicas = replicas;
        this.gate = new Gate(heldBelow, false);
    }

    Set<Integer> replicas() {
        return replicas;
    }

    /** From now on replicas begin at {@code offset}, below which the tier has the log, and as the log's local start says. */
    void done(long offset) {
        gate = new Gate(offset, true);
    }

    boolean isDone() {
        return gate.open;
    }

    /**
     * A replica reads from {@code offset} on.
     *
     * @throws NotLeaderOrFollowerException if it is to ask again a little later
     * @throws OffsetOutOfRangeException if it is to begin further up
     */
    void check(long offset) {
        Gate now = gate;
        if (offset >= now.offset) {
            return;
        }
        if (now.open) {
            throw new OffsetOutOfRangeException("Records below " + now.offset + " are in the tier");
        }
        throw new NotLeaderOrFollowerException(
                "The log is being brought into the tier up to its end, where new replicas begin");
    }
}
