package io.aquifer.wal.append;

/** The WAL has failed for good: nothing becomes durable any more. The cause says why. */
public final class WalFailedException extends WalException {
    private static final long serialVersionUID = 1L;

    WalFailedException(String message, Throwable cause) {
        super(message);
        initCause(cause);
    }
}
