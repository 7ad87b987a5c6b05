package io.aquifer.object;

import org.jspecify.annotations.Nullable;

/** An object with the key exists (412). */
final class PreconditionFailedException extends PermanentObjectStoreException {
    private static final long serialVersionUID = 1L;

    PreconditionFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
