package io.aquifer.object;

import org.jspecify.annotations.Nullable;

/** The multipart upload doesn't exist any more: it was finished, perhaps by an attempt whose answer was lost, or aborted. */
final class UploadGoneException extends RetriableObjectStoreException {
    private static final long serialVersionUID = 1L;

    UploadGoneException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
