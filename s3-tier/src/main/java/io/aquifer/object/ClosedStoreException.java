package io.aquifer.object;

import org.jspecify.annotations.Nullable;

/** The store was closed before the call was done. */
public final class ClosedStoreException extends PermanentObjectStoreException {
    private static final long serialVersionUID = 1L;

    public ClosedStoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
