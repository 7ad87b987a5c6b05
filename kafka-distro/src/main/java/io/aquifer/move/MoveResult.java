package io.aquifer.move;

import org.jspecify.annotations.Nullable;

/**
 * What became of a move.
 *
 * @param problem a sentence where it failed or was outdated, null elsewhere
 */
public record MoveResult(Move move, State state, @Nullable String problem) {

    /** How far it got. */
    public enum State {
        /** The partition has the replicas that it was to have, and one of them leads it. */
        MOVED,
        /** Its reassignment goes on, though nobody waits for it any more. */
        UNDER_WAY,
        /** Nothing was done about it. */
        NOT_BEGUN,
        /** Nothing was done about it, for the partition wasn't as the plan has it. */
        OUTDATED,
        /** Kafka refused it, or somebody came in between. */
        FAILED
    }
}
