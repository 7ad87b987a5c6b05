package io.aquifer.move;

import java.time.Duration;
import java.util.List;

/**
 * What became of moves.
 *
 * @param results in the order of the moves
 * @param time that it took
 */
public record MoveOutcome(List<MoveResult> results, Duration time) {

    /** How many moves got that far. */
    public long count(MoveResult.State state) {
        return results.stream().filter(result -> result.state() == state).count();
    }
}
