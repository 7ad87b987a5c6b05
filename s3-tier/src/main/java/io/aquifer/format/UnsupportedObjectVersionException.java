package io.aquifer.format;

/** The object was written by a version of Aquifer whose format this one doesn't read. */
public final class UnsupportedObjectVersionException extends ObjectFormatException {
    private static final long serialVersionUID = 1L;

    public UnsupportedObjectVersionException(String message) {
        super(message);
    }
}
