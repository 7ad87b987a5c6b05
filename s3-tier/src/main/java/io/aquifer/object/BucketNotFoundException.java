package io.aquifer.object;

import org.jspecify.annotations.Nullable;

/** There is no such bucket, or it is in another region or of another owner. */
public final class BucketNotFoundException extends PermanentObjectStoreException {
    private static final long serialVersionUID = 1L;

    public BucketNotFoundException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
