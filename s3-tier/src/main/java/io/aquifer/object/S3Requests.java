package io.aquifer.object;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/** The requests that are sent, with what the settings add to them. */
final class S3Requests {

    /** Metadata of every object: which call created it, so that a retry recognises its own. */
    static final String CALL_ID = "aquifer-call";

    private static final String IF_ABSENT = "*";

    private final String bucket;
    private final @Nullable String owner;
    private final @Nullable String storageClass;
    private final @Nullable String encryption;
    private final @Nullable String kmsKeyId;

    S3Requests(ObjectStoreSettings settings) {
        bucket = settings.bucket();
        owner = settings.bucketOwner().orElse(null);
        storageClass = settings.storageClass().orElse(null);
        encryption = switch (settings.encryption()) {
            case BUCKET_DEFAULT -> null;
            case S3 -> "AES256";
            case KMS -> "aws:kms";
        };
        kmsKeyId = settings.kmsKeyId().orElse(null);
    }

    PutObjectRequest put(String key, String callId, long length, int crc) {
        return PutObjectRequest.builder()
                .bucket(bucket)
                .expectedBucketOwner(owner)
                .key(key)
                .ifNoneMatch(IF_ABSENT)
                .contentLength(length)
                .checksumCRC32C(Crc32c.header(crc))
                .metadata(Map.of(CALL_ID, callId))
                .storageClass(storageClass)
                .serverSideEncryption(encryption)
                .ssekmsKeyId(kmsKeyId)
                .build();
    }

    CreateMultipartUploadRequest createUpload(String key, String callId) {
        return CreateMultipartUploadRequest.builder()
                .bucket(bucket)
                .expectedBucketOwner(owner)
                .key(key)
                .checksumAlgorithm(ChecksumAlgorithm.CRC32_C)
                .metadata(Map.of(CALL_ID, callId))
                .storageClass(storageClass)
                .serverSideEncryption(encryption)
                .ssekmsKeyId(kmsKeyId)
                .build();
    }

    UploadPartRequest part(String key, String uploadId, int number, long length, int crc) {
        return UploadPartRequest.builder()
                .bucket(bucket)
                .expectedBucketOwner(owner)
                .key(key)
                .uploadId(uploadId)
                .partNumber(number)
                .contentLength(length)
                .checksumCRC32C(Crc32c.header(crc))
                .build();
    }

    CompleteMultipartUploadRequest completeUpload(String key, String uploadId, List<CompletedPart> parts) {
        return CompleteMultipartUploadRequest.builder()
                .bucket(bucket)
                .expectedBucketOwner(owner)
                .key(key)
                .uploadId(uploadId)
                .ifNoneMatch(IF_ABSENT)
                .multipartUpload(upload -> upload.parts(parts))
                .build();
    }

    AbortMultipartUploadRequest abortUpload(String key, String uploadId) {
        return AbortMultipartUploadRequest.builder()
                .bucket(bucket)
                .expectedBucketOwner(owner)
                .key(key)
                .uploadId(uploadId)
                .build();
    }

    GetObjectRequest get(String key, String range) {
        return GetObjectRequest.builder()
                .bucket(bucket)
                .expectedBucketOwner(owner)
                .key(key)
                .range(range)
                .build();
    }

    HeadObjectRequest head(String key) {
        return HeadObjectRequest.builder()
                .bucket(bucket)
                .expectedBucketOwner(owner)
                .key(key)
                .build();
    }

    ListObjectsV2Request list(String prefix, @Nullable String startAfter, int maxKeys) {
        return ListObjectsV2Request.builder()
                .bucket(bucket)
                .expectedBucketOwner(owner)
                .prefix(prefix)
                .startAfter(startAfter)
                .maxKeys(maxKeys)
                .build();
    }

    DeleteObjectRequest delete(String key) {
        return DeleteObjectRequest.builder()
                .bucket(bucket)
                .expectedBucketOwner(owner)
                .key(key)
                .build();
    }

    DeleteObjectsRequest delete(List<String> keys) {
        List<ObjectIdentifier> objects = keys.stream()
                .map(key -> ObjectIdentifier.builder().key(key).build())
                .toList();
        return DeleteObjectsRequest.builder()
                .bucket(bucket)
                .expectedBucketOwner(owner)
                .delete(delete -> delete.objects(objects).quiet(true))
                .build();
    }

    ListMultipartUploadsRequest listUploads(String prefix, @Nullable UnfinishedUpload after) {
        return ListMultipartUploadsRequest.builder()
                .bucket(bucket)
                .expectedBucketOwner(owner)
                .prefix(prefix)
                .keyMarker(after == null ? null : after.key())
                .uploadIdMarker(after == null ? null : after.id())
                .build();
    }
}
