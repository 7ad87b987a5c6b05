package io.aquifer.remote;

import io.aquifer.cache.ChunkCacheSettings;
import io.aquifer.format.ClusterKeys;
import io.aquifer.format.SegmentContent;
import io.aquifer.object.ObjectStoreSettings;
import io.aquifer.object.ServerSideEncryption;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** Where and how segments are kept in S3. */
public final class S3Config extends AbstractConfig {

    /** All settings of Aquifer begin with this. */
    private static final String AQUIFER = "aquifer.";

    private static final String PREFIX = AQUIFER + "s3.";

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
    public static final int DEFAULT_PART_BYTES = 8 << 20;
    private static final String PART_BYTES_DOC = "A longer object goes up in parallel parts of this size.";

    public static final String UPLOAD_MEMORY_BYTES_CONFIG = PREFIX + "upload.memory.bytes";
    public static final long DEFAULT_UPLOAD_MEMORY_BYTES = 64L << 20;
    private static final String UPLOAD_MEMORY_BYTES_DOC =
            "Direct memory for the parts of all uploads together; it counts towards -XX:MaxDirectMemorySize. At least "
                    + PART_BYTES_CONFIG + ". Uploads wait for it.";

    public static final String REQUESTS_IN_FLIGHT_CONFIG = PREFIX + "requests.in.flight";
    public static final int DEFAULT_REQUESTS_IN_FLIGHT = 64;
    private static final String REQUESTS_IN_FLIGHT_DOC = "How many requests are sent at once. Further ones wait.";

    public static final String REQUEST_TIMEOUT_MS_CONFIG = PREFIX + "request.timeout.ms";
    public static final long DEFAULT_REQUEST_TIMEOUT_MS = 90_000;
    private static final String REQUEST_TIMEOUT_MS_DOC = "How long a request may take with all its retries.";

    public static final String ATTEMPT_TIMEOUT_MS_CONFIG = PREFIX + "attempt.timeout.ms";
    public static final long DEFAULT_ATTEMPT_TIMEOUT_MS = 20_000;
    private static final String ATTEMPT_TIMEOUT_MS_DOC =
            "How long one attempt of a request may take. At most " + REQUEST_TIMEOUT_MS_CONFIG + ".";

    public static final String FETCH_BYTES_CONFIG = PREFIX + "fetch.bytes";
    public static final int DEFAULT_FETCH_BYTES = 1 << 20;
    private static final String FETCH_BYTES_DOC =
            "How much of a segment's data is asked for at once where it isn't read through the cache, rounded up to whole "
                    + "chunks.";

    public static final String CHUNK_BYTES_CONFIG = PREFIX + "chunk.bytes";
    private static final String CHUNK_BYTES_DOC =
            "How much of a new object gets a checksum of its own: the least that can be read and verified. A power of two.";

    public static final String INDEX_MEMORY_BYTES_CONFIG = PREFIX + "index.memory.bytes";
    public static final long DEFAULT_INDEX_MEMORY_BYTES = 32L << 20;
    private static final String INDEX_MEMORY_BYTES_DOC =
            "Heap for the indexes of objects read last: some 16 KiB for 1 GiB of data.";

    public static final String CACHE_BYTES_CONFIG = PREFIX + "cache.bytes";
    public static final long DEFAULT_CACHE_BYTES = 512L << 20;
    private static final String CACHE_BYTES_DOC =
            "Direct memory for the data of segments that is being read or was read last; it counts towards "
                    + "-XX:MaxDirectMemorySize. 0 for no cache and no read-ahead.";

    public static final String CACHE_CHUNK_BYTES_CONFIG = PREFIX + "cache.chunk.bytes";
    public static final int DEFAULT_CACHE_CHUNK_BYTES = 8 << 20;
    private static final String CACHE_CHUNK_BYTES_DOC =
            "How much data one request reads into the cache. A power of two. Objects whose checksums cover more at once, by "
                    + "the " + PREFIX + "chunk.bytes of their time, are read without the cache.";

    public static final String READ_AHEAD_BYTES_CONFIG = PREFIX + "cache.read.ahead.bytes";
    public static final long DEFAULT_READ_AHEAD_BYTES = 64L << 20;
    private static final String READ_AHEAD_BYTES_DOC =
            "Most data that is read into the cache ahead of one sequential reader. 0 for none.";

    public static final String DELETIONS_PATH_CONFIG = AQUIFER + "deletions.path";
    private static final String DELETIONS_PATH_DOC =
            "A file on a local disk, in a folder that exists, which notes the objects that are still to be deleted. It "
                    + "is created. It may lie in a log directory, and belongs to one broker.";

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
            .define(
                    DELETIONS_PATH_CONFIG,
                    Type.STRING,
                    ConfigDef.NO_DEFAULT_VALUE,
                    new ConfigDef.NonEmptyString(),
                    Importance.HIGH,
                    DELETIONS_PATH_DOC)
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
                    ATTEMPT_TIMEOUT_MS_DOC)
            .define(
                    FETCH_BYTES_CONFIG,
                    Type.INT,
                    DEFAULT_FETCH_BYTES,
                    ConfigDef.Range.between(1 << 16, 1 << 28),
                    Importance.LOW,
                    FETCH_BYTES_DOC)
            .define(
                    CHUNK_BYTES_CONFIG,
                    Type.INT,
                    SegmentContent.DEFAULT_CHUNK_BYTES,
                    S3Config::chunkBytes,
                    Importance.LOW,
                    CHUNK_BYTES_DOC)
            .define(
                    CACHE_BYTES_CONFIG,
                    Type.LONG,
                    DEFAULT_CACHE_BYTES,
                    ConfigDef.Range.atLeast(0),
                    Importance.HIGH,
                    CACHE_BYTES_DOC)
            .define(
                    CACHE_CHUNK_BYTES_CONFIG,
                    Type.INT,
                    DEFAULT_CACHE_CHUNK_BYTES,
                    ConfigDef.Range.between(1 << 16, ChunkCacheSettings.MAX_CHUNK_BYTES),
                    Importance.LOW,
                    CACHE_CHUNK_BYTES_DOC)
            .define(
                    READ_AHEAD_BYTES_CONFIG,
                    Type.LONG,
                    DEFAULT_READ_AHEAD_BYTES,
                    ConfigDef.Range.atLeast(0),
                    Importance.MEDIUM,
                    READ_AHEAD_BYTES_DOC)
            .define(
                    INDEX_MEMORY_BYTES_CONFIG,
                    Type.LONG,
                    DEFAULT_INDEX_MEMORY_BYTES,
                    ConfigDef.Range.atLeast(1 << 20),
                    Importance.LOW,
                    INDEX_MEMORY_BYTES_DOC);

    private S3Config(Map<String, ?> settings) {
        super(CONFIG_DEF, settings, false);
    }

    /**
     * Reads the settings that Kafka hands to a plug-in. Those of others among them are left alone.
     *
     * @throws ConfigException with one message that names the setting, what was found and what to write instead
     */
    public static S3Config of(Map<String, ?> settings) {
        TreeSet<String> unknown = new TreeSet<>(settings.keySet());
        unknown.removeIf(name -> !name.startsWith(AQUIFER) || CONFIG_DEF.names().contains(name));
        if (!unknown.isEmpty()) {
            throw new ConfigException("Unknown settings " + unknown + ": Aquifer's remote storage knows "
                    + new TreeSet<>(CONFIG_DEF.names()) + ". Remove or correct them.");
        }
        S3Config config = new S3Config(settings);
        config.keys();
        config.store();
        config.deletionsPath();
        config.cache();
        return config;
    }

    private static void chunkBytes(String name, Object value) {
        int bytes = (Integer) value;
        if (Integer.bitCount(bytes) != 1 || bytes < 4 << 10 || bytes > 64 << 20) {
            throw new ConfigException(name, value, "must be a power of two from 4096 to 67108864");
        }
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
                    .requestTimeout(Duration.ofMillis(getLong(REQUEST_TIMEOUT_MS_CONFIG)))
                    .attemptTimeout(Duration.ofMillis(getLong(ATTEMPT_TIMEOUT_MS_CONFIG)))
                    .build();
        } catch (IllegalArgumentException e) {
            throw refused(PREFIX + "*", e);
        }
    }

    /** How data is cached, or nothing for not at all. */
    public Optional<ChunkCacheSettings> cache() {
        if (getLong(CACHE_BYTES_CONFIG) == 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ChunkCacheSettings(
                    getInt(CACHE_CHUNK_BYTES_CONFIG),
                    getLong(CACHE_BYTES_CONFIG),
                    getLong(READ_AHEAD_BYTES_CONFIG),
                    ChunkCacheSettings.DEFAULT.memoryWait(),
                    ChunkCacheSettings.DEFAULT.readAheadIdle()));
        } catch (IllegalArgumentException e) {
            throw refused(PREFIX + "cache.*", e);
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

    /** Where the journal of deletions is. */
    public Path deletionsPath() {
        String path = getString(DELETIONS_PATH_CONFIG);
        try {
            return Path.of(path).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new ConfigException(DELETIONS_PATH_CONFIG, path, "is no path: " + e.getMessage());
        }
    }

    private static ConfigException refused(String settings, IllegalArgumentException cause) {
        ConfigException refused =
                new ConfigException("The settings " + settings + " can't be used: " + cause.getMessage());
        refused.initCause(cause);
        return refused;
    }
}
