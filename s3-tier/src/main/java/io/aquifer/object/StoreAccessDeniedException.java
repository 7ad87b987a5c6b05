package io.aquifer.object;

import org.jspecify.annotations.Nullable;

/** The store refuses the call: a permission or valid credentials are missing. */
public final class StoreAccessDeniedException extends PermanentObjectStoreException {
    private static final long serialVersionUID = 1L;

    public StoreAccessDeniedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
