package io.aquifer.object;

import org.jspecify.annotations.Nullable;

/** There is no object with that key. */
public final class ObjectNotFoundException extends PermanentObjectStoreException {
    private static final long serialVersionUID = 1L;

    public ObjectNotFoundException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
