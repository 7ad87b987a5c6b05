package io.aquifer.coverage;

import java.io.IOException;

/** Something was about to be deleted that is needed. Nothing was deleted; it is a defect of this program. */
public final class InvariantViolatedException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param found what is needed, and where */
    public InvariantViolatedException(String found) {
        super("Garbage collection stopped before it deleted what is needed, please report this: " + found);
    }
}
