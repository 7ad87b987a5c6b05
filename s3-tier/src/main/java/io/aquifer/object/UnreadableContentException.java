package io.aquifer.object;

import org.jspecify.annotations.Nullable;

/** What was to be uploaded could not be read. */
public final class UnreadableContentException extends PermanentObjectStoreException {
    private static final long serialVersionUID = 1L;

    public UnreadableContentException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
