package io.aquifer.format;

/** The object isn't one of Aquifer's, or it is another than its key says. */
public final class ForeignObjectException extends ObjectFormatException {
    private static final long serialVersionUID = 1L;

    public ForeignObjectException(String message) {
        super(message);
    }
}
