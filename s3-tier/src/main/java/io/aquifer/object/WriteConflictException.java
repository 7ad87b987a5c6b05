package io.aquifer.object;

import org.jspecify.annotations.Nullable;

/** Another write of the same key was under way, and the store couldn't decide between the two (409). */
public final class WriteConflictException extends RetriableObjectStoreException {
    private static final long serialVersionUID = 1L;

    public WriteConflictException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
