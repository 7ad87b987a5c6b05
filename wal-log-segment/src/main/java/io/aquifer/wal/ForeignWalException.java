package io.aquifer.wal;

import java.io.IOException;

/** A WAL belongs to another broker, or isn't on the device that it was formatted on. */
public final class ForeignWalException extends IOException {
    private static final long serialVersionUID = 1L;

    public ForeignWalException(String message) {
        super(message);
    }
}
