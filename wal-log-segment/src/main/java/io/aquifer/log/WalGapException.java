package io.aquifer.log;

import java.io.IOException;

/** The local log ends before the WAL begins: what lies between is neither here nor there. */
final class WalGapException extends IOException {
    private static final long serialVersionUID = 1L;

    WalGapException(String message) {
        super(message);
    }
}
