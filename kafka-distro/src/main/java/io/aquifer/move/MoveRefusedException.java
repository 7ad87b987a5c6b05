package io.aquifer.move;

import java.io.IOException;

/** Nothing is moved, for a reason that the operator can do something about. */
public final class MoveRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    MoveRefusedException(String message) {
        super(message);
    }
}
