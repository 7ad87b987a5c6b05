package io.aquifer.object;

/** How the store encrypts objects at rest. */
public enum ServerSideEncryption {

    /** As the bucket says. */
    BUCKET_DEFAULT,

    /** With keys that S3 keeps (SSE-S3, {@code AES256}). */
    S3,

    /** With a key in AWS KMS (SSE-KMS, {@code aws:kms}). */
    KMS
}
