package io.aquifer.cache;

/** The cache was closed before the read was done. */
public final class CacheClosedException extends CacheReadException {
    private static final long serialVersionUID = 1L;

    public CacheClosedException() {
        super("The chunk cache is closed.", null);
    }

    @Override
    public boolean retriable() {
        return false;
    }
}
