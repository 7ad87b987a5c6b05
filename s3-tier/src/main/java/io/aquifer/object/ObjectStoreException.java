package io.aquifer.object;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A call to an object store failed. Its class says why, and its message what, where, and what to do. */
public abstract class ObjectStoreException extends IOException {
    private static final long serialVersionUID = 1L;

    ObjectStoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /**
     * Whether the same call may succeed later without anybody changing anything. A write that failed so may have taken
     * effect.
     */
    public abstract boolean retriable();
}
