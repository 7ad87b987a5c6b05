package io.aquifer.cache;

/** A chunk could not be fetched, or isn't what was written. The cause, which the readers of the chunk share, says why. */
public final class ChunkFetchException extends CacheReadException {
    private static final long serialVersionUID = 1L;

    private final boolean retriable;

    public ChunkFetchException(String message, Throwable cause, boolean retriable) {
        super(message, cause);
        this.retriable = retriable;
    }

    @Override
    public boolean retriable() {
        return retriable;
    }
}
