package io.aquifer.object;

import org.jspecify.annotations.Nullable;

/** The object ends before the range that was asked for. */
public final class ObjectTooShortException extends PermanentObjectStoreException {
    private static final long serialVersionUID = 1L;

    public ObjectTooShortException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
