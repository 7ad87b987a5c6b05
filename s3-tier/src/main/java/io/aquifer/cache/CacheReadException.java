package io.aquifer.cache;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A read through the cache failed, for another reason than that the object doesn't exist. Its class says why. */
public abstract class CacheReadException extends IOException {
    private static final long serialVersionUID = 1L;

    CacheReadException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Whether the same read may succeed later without anybody changing anything. */
    public abstract boolean retriable();
}
