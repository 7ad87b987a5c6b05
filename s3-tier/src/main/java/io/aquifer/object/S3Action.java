package io.aquifer.object;

/** A request to S3, and the permission that it takes. */
public enum S3Action {
    PUT("Creating", "s3:PutObject"),
    CREATE_UPLOAD("Beginning an upload of", "s3:PutObject"),
    UPLOAD_PART("Uploading a part of", "s3:PutObject"),
    COMPLETE_UPLOAD("Finishing the upload of", "s3:PutObject"),
    GET("Reading", "s3:GetObject"),
    HEAD("Looking at", "s3:GetObject"),
    LIST("Listing", "s3:ListBucket"),
    DELETE("Deleting", "s3:DeleteObject"),
    LIST_UPLOADS("Listing the unfinished uploads under", "s3:ListBucketMultipartUploads"),
    ABORT("Aborting an upload of", "s3:AbortMultipartUpload");

    private final String verb;
    private final String permission;

    S3Action(String verb, String permission) {
        this.verb = verb;
        this.permission = permission;
    }

    /** Begins a sentence whose next word is a key. */
    String verb() {
        return verb;
    }

    /** The IAM action to allow. */
    String permission() {
        return permission;
    }
}
