package io.aquifer.object;

import org.jspecify.annotations.Nullable;

/** The store doesn't accept the request: it can't do what was asked, or the settings contradict it. */
public final class InvalidRequestException extends PermanentObjectStoreException {
    private static final long serialVersionUID = 1L;

    public InvalidRequestException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
