package io.aquifer.object;

import org.jspecify.annotations.Nullable;

/** Passing trouble, which has outlasted the store's own retries. */
public abstract class RetriableObjectStoreException extends ObjectStoreException {
    private static final long serialVersionUID = 1L;

    RetriableObjectStoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public final boolean retriable() {
        return true;
    }
}
