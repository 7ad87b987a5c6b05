package io.aquifer.sim;

import java.util.List;

/** One sync of a {@link SimulatedBlockDevice}. */
public final class Sync {

    /** What it makes durable, in the order of completion. */
    final List<Write> covered;

    private boolean over;

    Sync(List<Write> covered) {
        this.covered = covered;
    }

    void end() {
        if (over) {
            throw new IllegalStateException("This sync is over");
        }
        over = true;
    }
}
