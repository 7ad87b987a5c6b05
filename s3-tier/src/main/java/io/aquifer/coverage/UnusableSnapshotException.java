package io.aquifer.coverage;

import java.io.IOException;

/** An object that no snapshot of its partition can be read from, whatever it holds. */
final class UnusableSnapshotException extends IOException {
    private static final long serialVersionUID = 1L;

    UnusableSnapshotException(String message) {
        super(message);
    }
}
