package io.aquifer.object;

import org.jspecify.annotations.Nullable;

/** No answer came within the time allowed. */
public final class RequestTimeoutException extends RetriableObjectStoreException {
    private static final long serialVersionUID = 1L;

    public RequestTimeoutException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
