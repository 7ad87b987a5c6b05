package io.aquifer.format;

import java.io.IOException;

/** What was read from the store isn't what the format asks for. Subclasses name the cause. */
public abstract class ObjectFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    ObjectFormatException(String message) {
        super(message);
    }
}
