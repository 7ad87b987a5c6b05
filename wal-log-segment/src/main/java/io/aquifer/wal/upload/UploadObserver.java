package io.aquifer.wal.upload;

/** Hears what becomes of uploads, for metrics and the operator. Called on the uploader's thread; may neither block nor throw. */
public interface UploadObserver {

    /** Hears nothing. */
    UploadObserver NONE = new UploadObserver() {};

    /** An object is sent, for the first time or once more. */
    default void sent(long bytes, boolean again) {}

    /**
     * An object is in S3, and so are all in front of it.
     *
     * @param bytes of the whole object
     * @param blocks in it
     * @param nanos since its first block was taken up
     */
    default void uploaded(long bytes, int blocks, long nanos) {}

    /**
     * An attempt has failed and is repeated after a pause.
     *
     * @param what was tried, in words
     * @param attempts that have failed so far, this one included
     */
    default void failed(String what, int attempts, Throwable cause) {}

    /** What was left of an earlier epoch is in S3, and its sequence is sealed. */
    default void sealed(long epoch, long objects) {}
}
