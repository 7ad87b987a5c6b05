package io.aquifer.wal.layout;

/** The structure was written by a version of Aquifer whose format this one doesn't read. */
public final class UnsupportedWalVersionException extends WalFormatException {
    private static final long serialVersionUID = 1L;

    public UnsupportedWalVersionException(String message) {
        super(message);
    }
}
