package io.aquifer.object;

import org.jspecify.annotations.Nullable;

/** The store asked for fewer requests (503 SlowDown, 429). */
public final class ThrottledException extends RetriableObjectStoreException {
    private static final long serialVersionUID = 1L;

    public ThrottledException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
