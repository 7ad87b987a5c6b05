package io.aquifer.cli;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A command won't do what it was asked, for a reason that the operator can do something about. */
final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
        this(message, null);
    }

    RefusedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
