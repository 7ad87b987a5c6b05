package io.aquifer.wal.upload;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The bucket says, or may by now say, that the WAL is another's. This process acknowledges nothing any more. */
public final class OwnershipLostException extends IOException {
    private static final long serialVersionUID = 1L;

    OwnershipLostException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
