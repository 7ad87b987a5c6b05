package io.aquifer.object;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a bucket is and how it is used. Built by {@link #builder}, which has a default for everything but the bucket.
 *
 * @param bucket name of the bucket
 * @param region of the bucket; when empty, the AWS SDK's default region chain says it, and {@code us-east-1} where there is
 *     an endpoint
 * @param endpoint of an S3-compatible store; empty for AWS
 * @param pathStyle whether the bucket goes into the path of the URL instead of the host name
 * @param storageClass of new objects, as S3 spells it; empty for the store's default
 * @param encryption of new objects
 * @param kmsKeyId key for {@link ServerSideEncryption#KMS}; empty for the account's default key
 * @param bucketOwner account that the bucket must belong to, so that a bucket deleted and taken by someone else is refused;
 *     empty for no check
 * @param partBytes a longer upload goes up in parts of this size, 5 MiB to 1 GiB
 * @param uploadMemoryBytes direct memory for the parts of all uploads together, at least one part; it counts towards the
 *     JVM's {@code -XX:MaxDirectMemorySize}
 * @param requestsInFlight requests at once, above 0; further ones wait
 * @param uploadBytesPerSecond most bytes of objects sent in a second, in whole KiB; 0 for no limit
 * @param downloadBytesPerSecond most bytes of objects asked for in a second, in whole KiB; 0 for no limit
 * @param requestTimeout for a request with all its retries, from when it is first sent
 * @param attemptTimeout for one attempt of a request, no longer than {@code requestTimeout}
 * @param retries how a failed attempt is repeated
 */
public record ObjectStoreSettings(
        String bucket,
        Optional<String> region,
        Optional<URI> endpoint,
        boolean pathStyle,
        Optional<String> storageClass,
        ServerSideEncryption encryption,
        Optional<String> kmsKeyId,
        Optional<String> bucketOwner,
        int partBytes,
        long uploadMemoryBytes,
        int requestsInFlight,
        long uploadBytesPerSecond,
        long downloadBytesPerSecond,
        Duration requestTimeout,
        Duration attemptTimeout,
        RetrySettings retries) {

    /** Smallest part that S3 takes, but for the last one of an upload. */
    public static final int MIN_PART_BYTES = 5 << 20;

    /** Largest part that is made: a buffer has to hold it. */
    public static final int MAX_PART_BYTES = 1 << 30;

    /** Most parts of one upload, by S3's limit. */
    public static final int MAX_PARTS = 10_000;

    public ObjectStoreSettings {
        require(!bucket.isBlank(), "the bucket has no name");
        require(
                partBytes >= MIN_PART_BYTES && partBytes <= MAX_PART_BYTES,
                "parts of " + partBytes + " bytes, not " + MIN_PART_BYTES + " to " + MAX_PART_BYTES);
        require(
                uploadMemoryBytes >= partBytes,
                "upload memory of " + uploadMemoryBytes + " bytes holds no part of " + partBytes + " bytes");
        require(requestsInFlight > 0, requestsInFlight + " requests in flight, not 1 or more");
        require(
                uploadBytesPerSecond >= 0 && downloadBytesPerSecond >= 0,
                "limits of " + uploadBytesPerSecond + " bytes sent and " + downloadBytesPerSecond
                        + " bytes received in a second, not 0 or more");
        require(
                attemptTimeout.toMillis() > 0 && attemptTimeout.compareTo(requestTimeout) <= 0,
                "an attempt timeout of " + attemptTimeout.toMillis() + " ms, not 1 to the request timeout of "
                        + requestTimeout.toMillis() + " ms");
        require(
                kmsKeyId.isEmpty() || encryption == ServerSideEncryption.KMS,
                "a KMS key is set, but the encryption is " + encryption);
    }

    /** The same bucket, with other memory for the parts of uploads. */
    public ObjectStoreSettings withUploadMemoryBytes(long bytes) {
        return new ObjectStoreSettings(
                bucket,
                region,
                endpoint,
                pathStyle,
                storageClass,
                encryption,
                kmsKeyId,
                bucketOwner,
                partBytes,
                bytes,
                requestsInFlight,
                uploadBytesPerSecond,
                downloadBytesPerSecond,
                requestTimeout,
                attemptTimeout,
                retries);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** Settings with defaults for the bucket of that name. */
    public static Builder builder(String bucket) {
        return new Builder(bucket);
    }

    /** Collects settings; {@link #build} checks that they go together. */
    public static final class Builder {
        private final String bucket;
        private @Nullable String region;
        private @Nullable URI endpoint;
        private boolean pathStyle;
        private @Nullable String storageClass;
        private ServerSideEncryption encryption = ServerSideEncryption.BUCKET_DEFAULT;
        private @Nullable String kmsKeyId;
        private @Nullable String bucketOwner;
        private int partBytes = 16 << 20;
        private long uploadMemoryBytes = 64L << 20;
        private int requestsInFlight = 64;
        private long uploadBytesPerSecond;
        private long downloadBytesPerSecond;
        private Duration requestTimeout = Duration.ofSeconds(90);
        private Duration attemptTimeout = Duration.ofSeconds(20);
        private RetrySettings retries = RetrySettings.DEFAULT;

        private Builder(String bucket) {
            this.bucket = Objects.requireNonNull(bucket);
        }

        public Builder region(@Nullable String value) {
            region = value;
            return this;
        }

        public Builder endpoint(@Nullable URI value) {
            endpoint = value;
            return this;
        }

        public Builder pathStyle(boolean value) {
            pathStyle = value;
            return this;
        }

        public Builder storageClass(@Nullable String value) {
            storageClass = value;
            return this;
        }

        public Builder encryption(ServerSideEncryption value) {
            encryption = value;
            return this;
        }

        public Builder kmsKeyId(@Nullable String value) {
            kmsKeyId = value;
            return this;
        }

        public Builder bucketOwner(@Nullable String value) {
            bucketOwner = value;
            return this;
        }

        public Builder partBytes(int value) {
            partBytes = value;
            return this;
        }

        public Builder uploadMemoryBytes(long value) {
            uploadMemoryBytes = value;
            return this;
        }

        public Builder requestsInFlight(int value) {
            requestsInFlight = value;
            return this;
        }

        public Builder uploadBytesPerSecond(long value) {
            uploadBytesPerSecond = value;
            return this;
        }

        public Builder downloadBytesPerSecond(long value) {
            downloadBytesPerSecond = value;
            return this;
        }

        public Builder requestTimeout(Duration value) {
            requestTimeout = value;
            return this;
        }

        public Builder attemptTimeout(Duration value) {
            attemptTimeout = value;
            return this;
        }

        public Builder retries(RetrySettings value) {
            retries = value;
            return this;
        }

        /**
         * The settings.
         *
         * @throws IllegalArgumentException if one is out of its range or contradicts another
         */
        public ObjectStoreSettings build() {
            return new ObjectStoreSettings(
                    bucket,
                    Optional.ofNullable(region),
                    Optional.ofNullable(endpoint),
                    pathStyle,
                    Optional.ofNullable(storageClass),
                    encryption,
                    Optional.ofNullable(kmsKeyId),
                    Optional.ofNullable(bucketOwner),
                    partBytes,
                    uploadMemoryBytes,
                    requestsInFlight,
                    uploadBytesPerSecond,
                    downloadBytesPerSecond,
                    requestTimeout,
                    attemptTimeout,
                    retries);
        }
    }
}
