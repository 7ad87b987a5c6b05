package io.aquifer.bench;

import java.util.ArrayList;
import java.util.List;

/** Runs two sides in turn, so that what else the machine does meets both. */
final class Pair {

    /** One measurement of one side. */
    @FunctionalInterface
    interface Side<T> {
        T measure() throws Exception;
    }

    /** What both sides measured, round by round. */
    record Results<T>(List<T> aquifer, List<T> other) {}

    private Pair() {}

    /** Runs {@code rounds} rounds; each side begins every other one. */
    static <T> Results<T> inTurn(int rounds, Side<T> aquifer, Side<T> other) throws Exception {
        List<T> ours = new ArrayList<>();
        List<T> theirs = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            if (round % 2 == 0) {
                ours.add(aquifer.measure());
                theirs.add(other.measure());
            } else {
                theirs.add(other.measure());
                ours.add(aquifer.measure());
            }
        }
        return new Results<>(ours, theirs);
    }
}
