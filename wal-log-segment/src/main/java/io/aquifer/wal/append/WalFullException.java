package io.aquifer.wal.append;

/** There is no room now. The record wasn't taken, and may be offered again. */
public final class WalFullException extends WalException {
    private static final long serialVersionUID = 1L;

    WalFullException(String message) {
        super(message);
    }
}
