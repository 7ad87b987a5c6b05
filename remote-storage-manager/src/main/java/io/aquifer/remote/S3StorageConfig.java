package io.aquifer.remote;

import io.aquifer.cache.ChunkCacheSettings;
import io.aquifer.config.S3Config;
import io.aquifer.format.SegmentContent;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;

/** How segments are kept in S3 and read back: the settings of the storage manager. */
public final class S3StorageConfig extends S3Config {

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
    public static final ConfigDef STORAGE_CONFIG_DEF = new ConfigDef(S3Config.CONFIG_DEF)
            .define(
                    DELETIONS_PATH_CONFIG,
                    Type.STRING,
                    ConfigDef.NO_DEFAULT_VALUE,
                    new ConfigDef.NonEmptyString(),
                    Importance.HIGH,
                    DELETIONS_PATH_DOC)
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
                    S3StorageConfig::chunkBytes,
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

    private S3StorageConfig(Map<String, ?> settings) {
        super(STORAGE_CONFIG_DEF, settings);
        deletionsPath();
        cache();
    }

    /**
     * Reads the settings that Kafka hands to a storage manager. Those of others among them are left alone.
     *
     * @throws ConfigException with one message that names the setting, what was found and what to write instead
     */
    public static S3StorageConfig of(Map<String, ?> settings) {
        requireKnown(settings, STORAGE_CONFIG_DEF.names());
        return new S3StorageConfig(settings);
    }

    /**
     * Reads of the settings that Kafka hands to a metadata manager those that it heeds. All of a storage manager's can be given
     * to it; those of others are left alone.
     *
     * @throws ConfigException with one message that names the setting, what was found and what to write instead
     */
    static S3Config forMetadata(Map<String, ?> settings) {
        requireKnown(settings, STORAGE_CONFIG_DEF.names());
        return S3Config.of(settings);
    }

    private static void chunkBytes(String name, Object value) {
        int bytes = (Integer) value;
        if (Integer.bitCount(bytes) != 1 || bytes < 4 << 10 || bytes > 64 << 20) {
            throw new ConfigException(name, value, "must be a power of two from 4096 to 67108864");
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

    /** Where the journal of deletions is. */
    public Path deletionsPath() {
        String path = getString(DELETIONS_PATH_CONFIG);
        try {
            return Path.of(path).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new ConfigException(DELETIONS_PATH_CONFIG, path, "is no path: " + e.getMessage());
        }
    }
}
