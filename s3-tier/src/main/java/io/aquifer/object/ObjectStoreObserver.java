package io.aquifer.object;

/**
 * Is told what a store does, for metrics. Called on the threads that do it, several at once: methods return quickly and throw
 * nothing.
 */
public interface ObjectStoreObserver {

    /** Looks away. */
    ObjectStoreObserver NONE = new ObjectStoreObserver() {};

    /** A request is sent. What it comes to is told by exactly one of the next three. */
    default void requestSent(S3Action action) {}

    /**
     * A request was answered: as hoped, or in that something is there already or isn't there.
     *
     * @param nanos since it was sent, with all its attempts
     */
    default void requestAnswered(S3Action action, long nanos) {}

    /** A request failed for good. */
    default void requestFailed(S3Action action) {}

    /** Nobody wants the answer any more. */
    default void requestCancelled(S3Action action) {}

    /** An attempt is made for a request after one that failed. */
    default void attemptRepeated() {}

    /** The store asked for fewer requests, with 503 or 429. */
    default void throttled() {}

    /** So much of an object has been sent and was taken. */
    default void bytesSent(long bytes) {}

    /** So much of an object has been received. */
    default void bytesReceived(long bytes) {}

    /** A body to be sent waited for the limit of bytes per second. */
    default void waitedToSend(long nanos) {}

    /** A body to be asked for waited for the limit of bytes per second. */
    default void waitedToReceive(long nanos) {}

    /** The store is closed, and nothing more is told. */
    default void closed() {}
}
