package io.aquifer.move;

import java.time.Duration;

/**
 * How far moves have got.
 *
 * @param total number of moves
 * @param moved those that are done
 * @param failed those that won't be done
 * @param underWay those whose reassignment is under way
 * @param time since the beginning
 */
public record MoveProgress(int total, int moved, int failed, int underWay, Duration time) {}
