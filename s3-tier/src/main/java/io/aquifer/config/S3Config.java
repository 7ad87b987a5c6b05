package io.aquifer.config;

import io.aquifer.format.ClusterKeys;
import io.aquifer.object.ObjectStoreSettings;
import io.aquifer.object.ServerSideEncryption;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * How the bucket is reached: the settings that the storage manager, the metadata manager and the WAL's upload have in common.
 */
public class S3Config extends AbstractConfig {

    /** All settings of Aquifer begin with this. */
    protected static final String AQUIFER = "aquifer.";

    protected static final String PREFIX = AQUIFER + "s3.";

    public static final String CLUSTER_ID_CONFIG = AQUIFER + "cluster.id";
    private static final String CLUSTER_ID_DOC =
            "The cluster's id, as in meta.properties. It is part of every key, so that clusters can share a bucket.";

    public static final String BUCKET_CONFIG = PREFIX + "bucket";
    private static final String BUCKET_DOC = "The bucket. It must exist.";

    public static final String KEY_PREFIX_CONFIG = PREFIX + "prefix";
    private static final String KEY_PREFIX_DOC =
            "What all keys begin with, before the cluster id: folders separated by slashes, or nothing.";

    public static final String REGION_CONFIG = PREFIX + "region";
    private static final String REGION_DOC =
            "The bucket's region. Unset, the AWS SDK finds it (environment, profile, instance metadata), or takes "
                    + "us-east-1 where an endpoint is set.";

    public static final String ENDPOINT_CONFIG = PREFIX + "endpoint";
    private static final String ENDPOINT_DOC = "URL of an S3-compatible store. Unset for AWS.";

    public static final String PATH_STYLE_CONFIG = PREFIX + "path.style";
    private static final String PATH_STYLE_DOC =
            "Whether the bucket goes into the path of URLs instead of the host name, as many S3-compatible stores want.";

    public static final String STORAGE_CLASS_CONFIG = PREFIX + "storage.class";
    private static final String STORAGE_CLASS_DOC =
            "Storage class of new objects, as S3 spells it. It must be one that is read at once. Unset for the default.";

    public static final String ENCRYPTION_CONFIG = PREFIX + "encryption";
    public static final String DEFAULT_ENCRYPTION = "bucket_default";
    private static final String ENCRYPTION_DOC =
            "How new objects are encrypted: `bucket_default` as the bucket says, `s3` with keys of S3 (SSE-S3), `kms` with "
                    + "a key in AWS KMS (SSE-KMS).";

    public static final String KMS_KEY_ID_CONFIG = PREFIX + "kms.key.id";
    private static final String KMS_KEY_ID_DOC = "The key for `kms`. Unset for the account's default key.";

    public static final String BUCKET_OWNER_CONFIG = PREFIX + "bucket.owner";
    private static final String BUCKET_OWNER_DOC =
            "Account that the bucket must belong to: every request is refused otherwise. Unset for no check.";

    public static final String PART_BYTES_CONFIG = PREFIX + "part.bytes";
    public static final int DEFAULT_PART_BYTES = 16 << 20;
    private static final String PART_BYTES_DOC =
            "An object up to this size goes up in one request, a longer one in parallel parts of this size: a request each and two"
                    + " more. Not below aquifer.wal.upload.bytes, or objects of the write-ahead log take several.";

    public static final String UPLOAD_MEMORY_BYTES_CONFIG = PREFIX + "upload.memory.bytes";
    public static final long DEFAULT_UPLOAD_MEMORY_BYTES = 64L << 20;
    private static final String UPLOAD_MEMORY_BYTES_DOC =
            "Direct memory for the parts of all uploads together; it counts towards -XX:MaxDirectMemorySize. At least "
                    + PART_BYTES_CONFIG + ". Uploads wait for it.";

    public static final String REQUESTS_IN_FLIGHT_CONFIG = PREFIX + "requests.in.flight";
    public static final int DEFAULT_REQUESTS_IN_FLIGHT = 64;
    private static final String REQUESTS_IN_FLIGHT_DOC = "How many requests are sent at once. Further ones wait.";

    public static final String UPLOAD_RATE_CONFIG = PREFIX + "upload.bytes.per.second";
    private static final String UPLOAD_RATE_DOC =
            "Most bytes of objects that are sent in a second, over all uploads together, in whole KiB; what wasn't used in "
                    + "the last second may be used in the next. What is sent again after a failure isn't counted. 0 for "
                    + "no limit.";

    public static final String DOWNLOAD_RATE_CONFIG = PREFIX + "download.bytes.per.second";
    private static final String DOWNLOAD_RATE_DOC =
            "Most bytes of objects that are asked for in a second, over all reads and read-ahead together, counted as in "
                    + UPLOAD_RATE_CONFIG + ". 0 for no limit.";

    public static final String REQUEST_TIMEOUT_MS_CONFIG = PREFIX + "request.timeout.ms";
    public static final long DEFAULT_REQUEST_TIMEOUT_MS = 90_000;
    private static final String REQUEST_TIMEOUT_MS_DOC = "How long a request may take with all its retries.";

    public static final String ATTEMPT_TIMEOUT_MS_CONFIG = PREFIX + "attempt.timeout.ms";
    public static final long DEFAULT_ATTEMPT_TIMEOUT_MS = 20_000;
    private static final String ATTEMPT_TIMEOUT_MS_DOC =
            "How long one attempt of a request may take. At most " + REQUEST_TIMEOUT_MS_CONFIG + ".";

    /** The definition, from which the reference in the documentation is made. */
    public static final ConfigDef CONFIG_DEF = new ConfigDef()
            .define(
                    BUCKET_CONFIG,
                    Type.STRING,
                    ConfigDef.NO_DEFAULT_VALUE,
                    new ConfigDef.NonEmptyString(),
                    Importance.HIGH,
                    BUCKET_DOC)
            .define(
                    CLUSTER_ID_CONFIG,
                    Type.STRING,
                    ConfigDef.NO_DEFAULT_VALUE,
                    new ConfigDef.NonEmptyString(),
                    Importance.HIGH,
                    CLUSTER_ID_DOC)
            .define(KEY_PREFIX_CONFIG, Type.STRING, "", Importance.MEDIUM, KEY_PREFIX_DOC)
            .define(REGION_CONFIG, Type.STRING, null, Importance.MEDIUM, REGION_DOC)
            .define(ENDPOINT_CONFIG, Type.STRING, null, Importance.MEDIUM, ENDPOINT_DOC)
            .define(PATH_STYLE_CONFIG, Type.BOOLEAN, false, Importance.MEDIUM, PATH_STYLE_DOC)
            .define(STORAGE_CLASS_CONFIG, Type.STRING, null, Importance.LOW, STORAGE_CLASS_DOC)
            .define(
                    ENCRYPTION_CONFIG,
                    Type.STRING,
                    DEFAULT_ENCRYPTION,
                    ConfigDef.ValidString.in(DEFAULT_ENCRYPTION, "s3", "kms"),
                    Importance.MEDIUM,
                    ENCRYPTION_DOC)
            .define(KMS_KEY_ID_CONFIG, Type.STRING, null, Importance.LOW, KMS_KEY_ID_DOC)
            .define(BUCKET_OWNER_CONFIG, Type.STRING, null, Importance.LOW, BUCKET_OWNER_DOC)
            .define(
                    PART_BYTES_CONFIG,
                    Type.INT,
                    DEFAULT_PART_BYTES,
                    ConfigDef.Range.between(ObjectStoreSettings.MIN_PART_BYTES, ObjectStoreSettings.MAX_PART_BYTES),
                    Importance.LOW,
                    PART_BYTES_DOC)
            .define(
                    UPLOAD_MEMORY_BYTES_CONFIG,
                    Type.LONG,
                    DEFAULT_UPLOAD_MEMORY_BYTES,
                    ConfigDef.Range.atLeast(ObjectStoreSettings.MIN_PART_BYTES),
                    Importance.MEDIUM,
                    UPLOAD_MEMORY_BYTES_DOC)
            .define(
                    REQUESTS_IN_FLIGHT_CONFIG,
                    Type.INT,
                    DEFAULT_REQUESTS_IN_FLIGHT,
                    ConfigDef.Range.between(1, 10_000),
                    Importance.MEDIUM,
                    REQUESTS_IN_FLIGHT_DOC)
            .define(UPLOAD_RATE_CONFIG, Type.LONG, 0L, ConfigDef.Range.atLeast(0), Importance.MEDIUM, UPLOAD_RATE_DOC)
            .define(
                    DOWNLOAD_RATE_CONFIG,
                    Type.LONG,
                    0L,
                    ConfigDef.Range.atLeast(0),
                    Importance.MEDIUM,
                    DOWNLOAD_RATE_DOC)
            .define(
                    REQUEST_TIMEOUT_MS_CONFIG,
                    Type.LONG,
                    DEFAULT_REQUEST_TIMEOUT_MS,
                    ConfigDef.Range.between(1, 3_600_000),
                    Importance.LOW,
                    REQUEST_TIMEOUT_MS_DOC)
            .define(
                    ATTEMPT_TIMEOUT_MS_CONFIG,
                    Type.LONG,
                    DEFAULT_ATTEMPT_TIMEOUT_MS,
                    ConfigDef.Range.between(1, 3_600_000),
                    Importance.LOW,
                    ATTEMPT_TIMEOUT_MS_DOC);

    /** @throws ConfigException if a setting is missing or has a value that it can't have */
    protected S3Config(ConfigDef definition, Map<String, ?> settings) {
        super(definition, settings, false);
        keys();
        store();
    }

    /**
     * Makes sure that none of Aquifer's settings among {@code settings} is unknown. Those of others are left alone.
     *
     * @throws ConfigException that names the unknown ones
     */
    public static void requireKnown(Map<String, ?> settings, Set<String> known) {
        TreeSet<String> unknown = new TreeSet<>(settings.keySet());
        unknown.removeIf(name -> !name.startsWith(AQUIFER) || known.contains(name));
        if (!unknown.isEmpty()) {
            throw new ConfigException("Unknown settings " + unknown + ": Aquifer's remote storage knows "
                    + new TreeSet<>(known) + ". Remove or correct them.");
        }
    }

    /**
     * Reads the settings that Kafka hands to a storage manager. Those that aren't here are left alone.
     *
     * @throws ConfigException with one message that names the setting, what was found and what to write instead
     */
    public static S3Config of(Map<String, ?> settings) {
        return new S3Config(CONFIG_DEF, settings);
    }

    /** The keys of the cluster's objects. */
    public ClusterKeys keys() {
        try {
            return ClusterKeys.of(getString(KEY_PREFIX_CONFIG), getString(CLUSTER_ID_CONFIG));
        } catch (IllegalArgumentException e) {
            throw refused(KEY_PREFIX_CONFIG + " and " + CLUSTER_ID_CONFIG, e);
        }
    }

    /** How the store is reached. */
    public ObjectStoreSettings store() {
        String encryption = getString(ENCRYPTION_CONFIG).toUpperCase(Locale.ROOT);
        try {
            return ObjectStoreSettings.builder(getString(BUCKET_CONFIG))
                    .region(getString(REGION_CONFIG))
                    .endpoint(endpoint(getString(ENDPOINT_CONFIG)))
                    .pathStyle(getBoolean(PATH_STYLE_CONFIG))
                    .storageClass(getString(STORAGE_CLASS_CONFIG))
                    .encryption(ServerSideEncryption.valueOf(encryption))
                    .kmsKeyId(getString(KMS_KEY_ID_CONFIG))
                    .bucketOwner(getString(BUCKET_OWNER_CONFIG))
                    .partBytes(getInt(PART_BYTES_CONFIG))
                    .uploadMemoryBytes(getLong(UPLOAD_MEMORY_BYTES_CONFIG))
                    .requestsInFlight(getInt(REQUESTS_IN_FLIGHT_CONFIG))
                    .uploadBytesPerSecond(getLong(UPLOAD_RATE_CONFIG))
                    .downloadBytesPerSecond(getLong(DOWNLOAD_RATE_CONFIG))
                    .requestTimeout(Duration.ofMillis(getLong(REQUEST_TIMEOUT_MS_CONFIG)))
                    .attemptTimeout(Duration.ofMillis(getLong(ATTEMPT_TIMEOUT_MS_CONFIG)))
                    .build();
        } catch (IllegalArgumentException e) {
            throw refused(PREFIX + "*", e);
        }
    }

    private static @Nullable URI endpoint(@Nullable String url) {
        if (url == null) {
            return null;
        }
        try {
            URI uri = new URI(url);
            if (uri.getScheme() != null && uri.getHost() != null) {
                return uri;
            }
            throw new ConfigException(ENDPOINT_CONFIG, url, "must be a URL such as https://s3.example.com:9000");
        } catch (URISyntaxException e) {
            throw new ConfigException(ENDPOINT_CONFIG, url, "is no URL: " + e.getMessage());
        }
    }

    protected static ConfigException refused(String settings, IllegalArgumentException cause) {
        ConfigException refused =
                new ConfigException("The settings " + settings + " can't be used: " + cause.getMessage());
        refused.initCause(cause);
        return refused;
    }
}
