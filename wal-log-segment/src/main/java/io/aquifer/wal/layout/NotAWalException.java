package io.aquifer.wal.layout;

/** There is no WAL where one was looked for. */
public final class NotAWalException extends WalFormatException {
    private static final long serialVersionUID = 1L;

    public NotAWalException(String message) {
        super(message);
    }
}
