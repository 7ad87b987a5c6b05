package io.aquifer.object;

import org.jspecify.annotations.Nullable;

/** The same call will fail again until somebody changes something. */
public abstract class PermanentObjectStoreException extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    PermanentObjectStoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public final boolean retriable() {
        return false;
    }
}
