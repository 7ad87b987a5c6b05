package io.aquifer.format;

/** The object is one of Aquifer's, but its bytes don't verify. */
public final class DamagedObjectException extends ObjectFormatException {
    private static final long serialVersionUID = 1L;

    public DamagedObjectException(String message) {
        super(message);
    }
}
