package io.aquifer.wal.append;

import java.io.IOException;

/** The WAL can't do what it was asked for. Subclasses name the cause. */
public abstract class WalException extends IOException {
    private static final long serialVersionUID = 1L;

    WalException(String message) {
        super(message);
    }
}
