package io.aquifer.cache;

/** All memory of the cache was in use by other readers for as long as a reader waits. */
public final class CacheFullException extends CacheReadException {
    private static final long serialVersionUID = 1L;

    public CacheFullException(String message) {
        super(message, null);
    }

    @Override
    public boolean retriable() {
        return true;
    }
}
