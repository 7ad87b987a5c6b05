package io.aquifer.object;

import org.jspecify.annotations.Nullable;

/** What arrived isn't what was sent: a body was cut off, went on for too long, or didn't match its checksum. */
public final class DamagedTransferException extends RetriableObjectStoreException {
    private static final long serialVersionUID = 1L;

    public DamagedTransferException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
