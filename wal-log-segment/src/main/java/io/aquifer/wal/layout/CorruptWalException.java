package io.aquifer.wal.layout;

/** A structure carries the WAL's magic, but its bytes don't verify. */
public final class CorruptWalException extends WalFormatException {
    private static final long serialVersionUID = 1L;

    public CorruptWalException(String message) {
        super(message);
    }
}
