package io.aquifer.rebuild;

import java.io.IOException;

/** What a log was to be rebuilt from has been condemned meanwhile. It is somewhere else, so another try reads it there. */
final class CondemnedObjectException extends IOException {
    private static final long serialVersionUID = 1L;

    CondemnedObjectException(String message) {
        super(message);
    }
}
