package io.aquifer.wal.layout;

import java.io.IOException;

/** What was read isn't what the WAL's format asks for. Subclasses name the cause. */
public abstract class WalFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    WalFormatException(String message) {
        super(message);
    }
}
