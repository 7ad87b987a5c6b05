package io.aquifer.move;

import java.io.IOException;

/** The cluster can't be reached, or doesn't do what it was asked. */
public final class ClusterRequestException extends IOException {
    private static final long serialVersionUID = 1L;

    ClusterRequestException(String message, Throwable cause) {
        super(message, cause);
    }
}
