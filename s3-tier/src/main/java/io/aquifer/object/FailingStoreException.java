package io.aquifer.object;

import org.jspecify.annotations.Nullable;

/** The store answered that it failed (5xx), or what it answered can't be used. */
public final class FailingStoreException extends RetriableObjectStoreException {
    private static final long serialVersionUID = 1L;

    public FailingStoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
