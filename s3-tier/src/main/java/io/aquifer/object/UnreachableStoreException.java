package io.aquifer.object;

import org.jspecify.annotations.Nullable;

/** The store can't be reached, or the connection to it broke. */
public final class UnreachableStoreException extends RetriableObjectStoreException {
    private static final long serialVersionUID = 1L;

    public UnreachableStoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
