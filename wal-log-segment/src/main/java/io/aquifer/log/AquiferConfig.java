package io.aquifer.log;

import io.aquifer.takeover.TakeoverSettings;
import io.aquifer.wal.append.WalSettings;
import io.aquifer.wal.device.DurabilitySetting;
import io.aquifer.wal.upload.UploadSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigException;

/** Aquifer's settings in server.properties. */
public final class AquiferConfig extends AbstractConfig {

    /** All settings begin with this. */
    public static final String PREFIX = "aquifer.";

    /** A later opening has to know it: see {@link io.aquifer.wal.upload.UploadSettings}. */
    private static final int UPLOADS_IN_FLIGHT = 4;

    private static final Duration LEAST_BACKOFF = Duration.ofMillis(100);
    private static final Duration MOST_BACKOFF = Duration.ofSeconds(5);

    public static final String WAL_PATH_CONFIG = PREFIX + "wal.path";
    private static final String WAL_PATH_DOC =
            "Path of the raw block device, or the preallocated file, that holds this broker's write-ahead log. It must "
                    + "have been formatted for this broker with `aquifer wal format`. Setting it switches Aquifer on.";

    public static final String WAL_BLOCK_BYTES_CONFIG = PREFIX + "wal.block.bytes";
    public static final int DEFAULT_WAL_BLOCK_BYTES = 1 << 20;
    private static final String WAL_BLOCK_BYTES_DOC =
            "How far one group commit is filled, in bytes. A single longer batch makes a longer block.";

    public static final String WAL_MEMORY_BYTES_CONFIG = PREFIX + "wal.memory.bytes";
    public static final int DEFAULT_WAL_MEMORY_BYTES = 128 << 20;
    private static final String WAL_MEMORY_BYTES_DOC =
            "Memory for blocks that are being filled or written, in bytes, allocated at start outside the Java heap and "
                    + "outside -XX:MaxDirectMemorySize. At least 8 times aquifer.wal.block.bytes. No batch longer than a "
                    + "quarter of it is accepted.";

    public static final String WAL_WRITES_IN_FLIGHT_CONFIG = PREFIX + "wal.writes.in.flight";
    public static final int DEFAULT_WAL_WRITES_IN_FLIGHT = 4;
    private static final String WAL_WRITES_IN_FLIGHT_DOC = "How many blocks are written to the device at once.";

    public static final String WAL_APPEND_TIMEOUT_MS_CONFIG = PREFIX + "wal.append.timeout.ms";
    public static final long DEFAULT_WAL_APPEND_TIMEOUT_MS = 1000;
    private static final String WAL_APPEND_TIMEOUT_MS_DOC =
            "How long a request waits for room in the write-ahead log and its memory before producers get the retriable "
                    + "error NOT_ENOUGH_REPLICAS.";

    public static final String WAL_DEVICE_TIMEOUT_MS_CONFIG = PREFIX + "wal.device.timeout.ms";
    public static final long DEFAULT_WAL_DEVICE_TIMEOUT_MS = 30_000;
    private static final String WAL_DEVICE_TIMEOUT_MS_DOC =
            "A device write that takes longer has failed: nothing is acknowledged any more, and the log directories of "
                    + "shared topics go offline.";

    public static final String WAL_DEVICE_SYNC_CONFIG = PREFIX + "wal.device.sync";
    public static final String DEFAULT_WAL_DEVICE_SYNC = "auto";
    private static final String WAL_DEVICE_SYNC_DOC =
            "How a write is made durable. `fdatasync`: by a call after it; the kernel merges those that overlap. "
                    + "`dsync`: each write by itself, with O_DSYNC. `aio`: likewise, as one request of Linux' native AIO, and "
                    + "where the system refuses that, as fdatasync, which the log says. `auto`: for a raw device none of them where "
                    + "the kernel reports no volatile cache (`write through`, as for EBS volumes), else aio; for a file fdatasync.";

    public static final String TOPICS_CONFIG = PREFIX + "topics";
    public static final String DEFAULT_TOPICS = ".*";
    private static final String TOPICS_DOC =
            "Regular expressions, separated by commas. A topic is shared if its whole name matches one of them and its "
                    + "remote.storage.enable is true.";

    public static final String INTERNAL_TOPICS_CONFIG = PREFIX + "internal.topics";
    private static final String INTERNAL_TOPICS_DOC =
            "Whether the topics of Kafka's coordinators are shared: consumer offsets, transactions, and the state of share "
                    + "groups. If it isn't set, they are where the write-ahead log goes to S3.";

    public static final String COMPACTED_TOPICS_CONFIG = PREFIX + "compacted.topics";
    public static final String DEFAULT_COMPACTED_TOPICS = "";
    private static final String COMPACTED_TOPICS_DOC =
            "Regular expressions, separated by commas. A topic whose whole name matches one of them is shared although Kafka "
                    + "doesn't tier it, as it does no compacted topic. Such a topic stays on the local disk as a whole, and is "
                    + "mirrored to S3.";

    public static final String MIRROR_INTERVAL_MS_CONFIG = PREFIX + "mirror.interval.ms";
    public static final long DEFAULT_MIRROR_INTERVAL_MS = 1000;
    private static final String MIRROR_INTERVAL_MS_DOC =
            "How often internal and compacted topics are looked at for segments that were rolled or cleaned, to upload them.";

    public static final String TRIM_INTERVAL_MS_CONFIG = PREFIX + "wal.trim.interval.ms";
    public static final long DEFAULT_TRIM_INTERVAL_MS = 1000;
    private static final String TRIM_INTERVAL_MS_DOC =
            "How often it is checked whether a quarter of the write-ahead log's ring is in use. If so, local segments "
                    + "are flushed, and the ring is trimmed up to where it was.";

    public static final String UPLOAD_BYTES_CONFIG = PREFIX + "wal.upload.bytes";
    public static final int DEFAULT_UPLOAD_BYTES = 16 << 20;
    private static final String UPLOAD_BYTES_DOC =
            "How long an object in S3 with a part of the write-ahead log gets at most, in bytes, unless a single block is "
                    + "longer. Change it only while the broker is shut down in good order.";

    public static final String UPLOAD_INTERVAL_MS_CONFIG = PREFIX + "wal.upload.interval.ms";
    public static final long DEFAULT_UPLOAD_INTERVAL_MS = 1000;
    private static final String UPLOAD_INTERVAL_MS_DOC =
            "How long what is durable waits for more to fill an object, before it goes to S3 in a smaller one.";

    public static final String FENCE_CONFIG = PREFIX + "fence";
    public static final String DEFAULT_FENCE = "device";
    private static final String FENCE_DOC =
            "What keeps a broker whose write-ahead log another one takes over from acknowledging more. `device`: it is "
                    + "detached from the device first, so S3 may be away for as long as the log has room. `time`: the broker stops "
                    + "by itself when it couldn't confirm in S3 for aquifer.lease.ms that the log is still its own.";

    public static final String LEASE_MS_CONFIG = PREFIX + "lease.ms";
    public static final long DEFAULT_LEASE_MS = 10_000;
    private static final String LEASE_MS_DOC =
            "For how long a broker takes itself for the owner of its write-ahead log after S3 has confirmed it, and how long a "
                    + "broker waits that takes one over. The same on all brokers. It is confirmed three times as often, at "
                    + "least.";

    public static final String TAKEOVER_AUTO_CONFIG = PREFIX + "takeover.auto";
    private static final String TAKEOVER_AUTO_DOC =
            "Whether the brokers take over the write-ahead log and the partitions of a broker that is missed, without being "
                    + "asked by `aquifer broker takeover`. It takes aquifer.fence=time on that broker: where it is `device`, the log is "
                    + "sealed, and neither that broker nor the takeover goes on before an operator runs `aquifer broker takeover "
                    + "--device`. The same on all brokers.";

    public static final String TAKEOVER_DELAY_MS_CONFIG = PREFIX + "takeover.delay.ms";
    public static final long DEFAULT_TAKEOVER_DELAY_MS = 60_000;
    private static final String TAKEOVER_DELAY_MS_DOC =
            "For how long a broker has to be missed before it is taken over by itself. A broker that only restarts should be "
                    + "back sooner. The controllers miss it after broker.session.timeout.ms.";

    public static final String TAKEOVER_WAL_PATH_CONFIG = PREFIX + "takeover.wal.path";
    private static final String TAKEOVER_WAL_PATH_DOC =
            "Path under which the write-ahead logs of other brokers appear on this machine, as on storage that is shared, with "
                    + TakeoverSettings.NODE
                    + " for the node id. If it isn't set, what only the device of a broker holds that is "
                    + "taken over has to be uploaded with `aquifer broker takeover`.";

    public static final String TAKEOVER_ACCEPT_LOSS_CONFIG = PREFIX + "takeover.accept.loss";
    private static final String TAKEOVER_ACCEPT_LOSS_DOC =
            "Where aquifer.takeover.wal.path isn't set: whether a takeover goes on without the device, and what was acknowledged "
                    + "and not uploaded is lost. That is what the broker got in about the last aquifer.wal.upload.interval.ms.";

    public static final String DRAIN_ON_SHUTDOWN_CONFIG = PREFIX + "drain.on.shutdown";
    private static final String DRAIN_ON_SHUTDOWN_DOC =
            "Whether a broker that is shut down in good order first gives the partitions that only it has to other brokers. They "
                    + "stay there when it comes back: see `aquifer cluster balance`. Its principal needs ALTER on the CLUSTER.";

    public static final String DRAIN_TIMEOUT_MS_CONFIG = PREFIX + "drain.timeout.ms";
    public static final long DEFAULT_DRAIN_TIMEOUT_MS = 60_000;
    private static final String DRAIN_TIMEOUT_MS_DOC =
            "How long a shutdown waits for that. Partitions that aren't elsewhere by then are away until the broker is back. It "
                    + "counts for the time in which whatever supervises the broker kills it.";

    public static final String SEGMENT_ROLL_MS_CONFIG = PREFIX + "segment.roll.ms";
    public static final long DEFAULT_SEGMENT_ROLL_MS = 3_600_000;
    private static final String SEGMENT_ROLL_MS_DOC =
            "For how long a shared topic's segment stays open that has records, where segment.ms of the topic isn't less. An "
                    + "object of the write-ahead log is kept until every segment that it holds some of was rolled and copied, so "
                    + "more costs storage, and less costs requests for partitions that get little.";

    public static final String REWRITE_INTERVAL_MS_CONFIG = PREFIX + "rewrite.interval.ms";
    public static final long DEFAULT_REWRITE_INTERVAL_MS = 60_000;
    private static final String REWRITE_INTERVAL_MS_DOC =
            "How often this broker's partitions are looked at for composite segments, which a restart without the local disk "
                    + "made, to rewrite them as plain ones. A partition that has none isn't looked at again.";

    public static final String GC_INTERVAL_MS_CONFIG = PREFIX + "gc.interval.ms";
    public static final long DEFAULT_GC_INTERVAL_MS = 60_000;
    private static final String GC_INTERVAL_MS_DOC =
            "How often garbage in the bucket is collected, where the write-ahead log goes to S3. One broker of the cluster does "
                    + "it, and each time lists the whole bucket, a thousand objects to a request. Another takes its place when "
                    + "nothing was collected for five times as long.";

    public static final String GC_MIN_AGE_MS_CONFIG = PREFIX + "gc.min.age.ms";
    public static final long DEFAULT_GC_MIN_AGE_MS = 3_600_000;
    private static final String GC_MIN_AGE_MS_DOC =
            "For how long a segment, a topic's data or an unfinished upload must look like garbage before it is taken for it. "
                    + "Longer than anything takes to upload. Objects of the write-ahead log don't wait for it.";

    /** The definition, from which the reference in the documentation is made. */
    public static final ConfigDef CONFIG_DEF = new ConfigDef()
            .define(
                    WAL_PATH_CONFIG,
                    ConfigDef.Type.STRING,
                    ConfigDef.NO_DEFAULT_VALUE,
                    new ConfigDef.NonEmptyString(),
                    Importance.HIGH,
                    WAL_PATH_DOC)
            .define(
                    TOPICS_CONFIG,
                    ConfigDef.Type.LIST,
                    DEFAULT_TOPICS,
                    AquiferConfig::patterns,
                    Importance.HIGH,
                    TOPICS_DOC)
            .define(INTERNAL_TOPICS_CONFIG, ConfigDef.Type.BOOLEAN, null, Importance.HIGH, INTERNAL_TOPICS_DOC)
            .define(
                    COMPACTED_TOPICS_CONFIG,
                    ConfigDef.Type.LIST,
                    DEFAULT_COMPACTED_TOPICS,
                    AquiferConfig::patterns,
                    Importance.HIGH,
                    COMPACTED_TOPICS_DOC)
            .define(
                    MIRROR_INTERVAL_MS_CONFIG,
                    ConfigDef.Type.LONG,
                    DEFAULT_MIRROR_INTERVAL_MS,
                    ConfigDef.Range.between(10, 3_600_000),
                    Importance.LOW,
                    MIRROR_INTERVAL_MS_DOC)
            .define(
                    WAL_MEMORY_BYTES_CONFIG,
                    ConfigDef.Type.INT,
                    DEFAULT_WAL_MEMORY_BYTES,
                    ConfigDef.Range.between(1 << 20, 1 << 30),
                    Importance.MEDIUM,
                    WAL_MEMORY_BYTES_DOC)
            .define(
                    WAL_BLOCK_BYTES_CONFIG,
                    ConfigDef.Type.INT,
                    DEFAULT_WAL_BLOCK_BYTES,
                    ConfigDef.Range.between(4096, 64 << 20),
                    Importance.LOW,
                    WAL_BLOCK_BYTES_DOC)
            .define(
                    WAL_WRITES_IN_FLIGHT_CONFIG,
                    ConfigDef.Type.INT,
                    DEFAULT_WAL_WRITES_IN_FLIGHT,
                    ConfigDef.Range.between(1, 64),
                    Importance.MEDIUM,
                    WAL_WRITES_IN_FLIGHT_DOC)
            .define(
                    WAL_APPEND_TIMEOUT_MS_CONFIG,
                    ConfigDef.Type.LONG,
                    DEFAULT_WAL_APPEND_TIMEOUT_MS,
                    ConfigDef.Range.between(0, 3_600_000),
                    Importance.MEDIUM,
                    WAL_APPEND_TIMEOUT_MS_DOC)
            .define(
                    WAL_DEVICE_TIMEOUT_MS_CONFIG,
                    ConfigDef.Type.LONG,
                    DEFAULT_WAL_DEVICE_TIMEOUT_MS,
                    ConfigDef.Range.between(100, 3_600_000),
                    Importance.MEDIUM,
                    WAL_DEVICE_TIMEOUT_MS_DOC)
            .define(
                    WAL_DEVICE_SYNC_CONFIG,
                    ConfigDef.Type.STRING,
                    DEFAULT_WAL_DEVICE_SYNC,
                    ConfigDef.ValidString.in("auto", "fdatasync", "dsync", "aio"),
                    Importance.LOW,
                    WAL_DEVICE_SYNC_DOC)
            .define(
                    TRIM_INTERVAL_MS_CONFIG,
                    ConfigDef.Type.LONG,
                    DEFAULT_TRIM_INTERVAL_MS,
                    ConfigDef.Range.between(10, 3_600_000),
                    Importance.LOW,
                    TRIM_INTERVAL_MS_DOC)
            .define(
                    UPLOAD_BYTES_CONFIG,
                    ConfigDef.Type.INT,
                    DEFAULT_UPLOAD_BYTES,
                    ConfigDef.Range.between(64 << 10, 128 << 20),
                    Importance.MEDIUM,
                    UPLOAD_BYTES_DOC)
            .define(
                    UPLOAD_INTERVAL_MS_CONFIG,
                    ConfigDef.Type.LONG,
                    DEFAULT_UPLOAD_INTERVAL_MS,
                    ConfigDef.Range.between(10, 3_600_000),
                    Importance.MEDIUM,
                    UPLOAD_INTERVAL_MS_DOC)
            .define(
                    FENCE_CONFIG,
                    ConfigDef.Type.STRING,
                    DEFAULT_FENCE,
                    ConfigDef.ValidString.in(DEFAULT_FENCE, "time"),
                    Importance.HIGH,
                    FENCE_DOC)
            .define(
                    LEASE_MS_CONFIG,
                    ConfigDef.Type.LONG,
                    DEFAULT_LEASE_MS,
                    ConfigDef.Range.between(1000, 3_600_000),
                    Importance.MEDIUM,
                    LEASE_MS_DOC)
            .define(TAKEOVER_AUTO_CONFIG, ConfigDef.Type.BOOLEAN, false, Importance.HIGH, TAKEOVER_AUTO_DOC)
            .define(
                    TAKEOVER_DELAY_MS_CONFIG,
                    ConfigDef.Type.LONG,
                    DEFAULT_TAKEOVER_DELAY_MS,
                    ConfigDef.Range.between(0, 86_400_000),
                    Importance.MEDIUM,
                    TAKEOVER_DELAY_MS_DOC)
            .define(
                    TAKEOVER_WAL_PATH_CONFIG,
                    ConfigDef.Type.STRING,
                    null,
                    AquiferConfig::nodePattern,
                    Importance.MEDIUM,
                    TAKEOVER_WAL_PATH_DOC)
            .define(
                    TAKEOVER_ACCEPT_LOSS_CONFIG,
                    ConfigDef.Type.BOOLEAN,
                    false,
                    Importance.MEDIUM,
                    TAKEOVER_ACCEPT_LOSS_DOC)
            .define(DRAIN_ON_SHUTDOWN_CONFIG, ConfigDef.Type.BOOLEAN, false, Importance.MEDIUM, DRAIN_ON_SHUTDOWN_DOC)
            .define(
                    DRAIN_TIMEOUT_MS_CONFIG,
                    ConfigDef.Type.LONG,
                    DEFAULT_DRAIN_TIMEOUT_MS,
                    ConfigDef.Range.between(1000, 240_000),
                    Importance.LOW,
                    DRAIN_TIMEOUT_MS_DOC)
            .define(
                    SEGMENT_ROLL_MS_CONFIG,
                    ConfigDef.Type.LONG,
                    DEFAULT_SEGMENT_ROLL_MS,
                    ConfigDef.Range.between(1000, 30L * 86_400_000),
                    Importance.MEDIUM,
                    SEGMENT_ROLL_MS_DOC)
            .define(
                    REWRITE_INTERVAL_MS_CONFIG,
                    ConfigDef.Type.LONG,
                    DEFAULT_REWRITE_INTERVAL_MS,
                    ConfigDef.Range.between(100, 86_400_000),
                    Importance.LOW,
                    REWRITE_INTERVAL_MS_DOC)
            .define(
                    GC_INTERVAL_MS_CONFIG,
                    ConfigDef.Type.LONG,
                    DEFAULT_GC_INTERVAL_MS,
                    ConfigDef.Range.between(100, 86_400_000),
                    Importance.MEDIUM,
                    GC_INTERVAL_MS_DOC)
            .define(
                    GC_MIN_AGE_MS_CONFIG,
                    ConfigDef.Type.LONG,
                    DEFAULT_GC_MIN_AGE_MS,
                    ConfigDef.Range.between(1000, 30L * 86_400_000),
                    Importance.LOW,
                    GC_MIN_AGE_MS_DOC);

    private AquiferConfig(Map<String, ?> settings) {
        super(CONFIG_DEF, settings, false);
    }

    /** True if any of Aquifer's settings is there. */
    public static boolean isPresent(Map<String, ?> serverProperties) {
        return serverProperties.keySet().stream().anyMatch(name -> name.startsWith(PREFIX));
    }

    /**
     * Reads Aquifer's settings out of all of server.properties.
     *
     * @throws ConfigException with one message that names the setting, what was found and what to write instead
     */
    public static AquiferConfig of(Map<String, ?> serverProperties) {
        Map<String, ?> own = serverProperties.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(PREFIX))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        TreeSet<String> unknown = new TreeSet<>(own.keySet());
        unknown.removeAll(CONFIG_DEF.names());
        if (!unknown.isEmpty()) {
            throw new ConfigException("Unknown settings " + unknown + ": Aquifer knows "
                    + new TreeSet<>(CONFIG_DEF.names()) + ". Remove or correct them.");
        }
        if (!own.containsKey(WAL_PATH_CONFIG)) {
            throw new ConfigException("Settings " + new TreeSet<>(own.keySet()) + " are there, but " + WAL_PATH_CONFIG
                    + " isn't. Set it to the device or file made with `aquifer wal format`, or remove the others.");
        }
        AquiferConfig config = new AquiferConfig(own);
        int memory = config.getInt(WAL_MEMORY_BYTES_CONFIG);
        int block = config.getInt(WAL_BLOCK_BYTES_CONFIG);
        if (memory / 8 < block) {
            throw new ConfigException(WAL_MEMORY_BYTES_CONFIG + "=" + memory + " is less than 8 times "
                    + WAL_BLOCK_BYTES_CONFIG + "=" + block + ". Set it to " + 8L * block + " or more.");
        }
        return config;
    }

    private static void patterns(String name, Object value) {
        for (Object pattern : (List<?>) value) {
            try {
                Pattern.compile((String) pattern);
            } catch (PatternSyntaxException e) {
                throw new ConfigException(name, pattern, "is no regular expression: " + e.getDescription());
            }
        }
    }

    private static void nodePattern(String name, Object value) {
        if (value != null && !((String) value).contains(TakeoverSettings.NODE)) {
            throw new ConfigException(name, value, "must have " + TakeoverSettings.NODE + " in place of the node id");
        }
    }

    /** How this broker takes part in takeovers. */
    public TakeoverSettings takeover() {
        return new TakeoverSettings(
                getBoolean(TAKEOVER_AUTO_CONFIG),
                Duration.ofMillis(getLong(TAKEOVER_DELAY_MS_CONFIG)),
                Optional.ofNullable(getString(TAKEOVER_WAL_PATH_CONFIG)),
                getBoolean(TAKEOVER_ACCEPT_LOSS_CONFIG));
    }

    /** How long a shutdown waits until this broker's partitions are elsewhere, if it does. */
    Optional<Duration> drainTimeout() {
        return getBoolean(DRAIN_ON_SHUTDOWN_CONFIG)
                ? Optional.of(Duration.ofMillis(getLong(DRAIN_TIMEOUT_MS_CONFIG)))
                : Optional.empty();
    }

    public Path walPath() {
        return Path.of(getString(WAL_PATH_CONFIG));
    }

    public DurabilitySetting deviceSync() {
        String sync = getString(WAL_DEVICE_SYNC_CONFIG);
        return sync.equals("fdatasync")
                ? DurabilitySetting.SYNC
                : DurabilitySetting.valueOf(sync.toUpperCase(Locale.ROOT));
    }

    public WalSettings walSettings() {
        return new WalSettings(
                getInt(WAL_MEMORY_BYTES_CONFIG),
                getInt(WAL_BLOCK_BYTES_CONFIG),
                getInt(WAL_WRITES_IN_FLIGHT_CONFIG),
                Duration.ofMillis(getLong(WAL_DEVICE_TIMEOUT_MS_CONFIG)));
    }

    public Duration appendTimeout() {
        return Duration.ofMillis(getLong(WAL_APPEND_TIMEOUT_MS_CONFIG));
    }

    public Duration trimInterval() {
        return Duration.ofMillis(getLong(TRIM_INTERVAL_MS_CONFIG));
    }

    public UploadSettings uploadSettings() {
        return new UploadSettings(
                getInt(UPLOAD_BYTES_CONFIG),
                Duration.ofMillis(getLong(UPLOAD_INTERVAL_MS_CONFIG)),
                UPLOADS_IN_FLIGHT,
                LEAST_BACKOFF,
                MOST_BACKOFF);
    }

    /** How long the WAL's ownership lasts without being confirmed. */
    public Duration lease() {
        return Duration.ofMillis(getLong(LEASE_MS_CONFIG));
    }

    /** For how long a segment that has records stays open. */
    public Duration segmentRollAge() {
        return Duration.ofMillis(getLong(SEGMENT_ROLL_MS_CONFIG));
    }

    /** How often partitions are looked at for composite segments to rewrite. */
    public Duration rewriteInterval() {
        return Duration.ofMillis(getLong(REWRITE_INTERVAL_MS_CONFIG));
    }

    /** Whether nothing but the lease keeps a broker from acknowledging what another has taken over. */
    public boolean isFencedByTime() {
        return !getString(FENCE_CONFIG).equals(DEFAULT_FENCE);
    }

    /** How often garbage in the bucket is collected. */
    public Duration garbageInterval() {
        return Duration.ofMillis(getLong(GC_INTERVAL_MS_CONFIG));
    }

    /** How long something other than a WAL object looks like garbage before it is taken for it. */
    public Duration garbageMinAge() {
        return Duration.ofMillis(getLong(GC_MIN_AGE_MS_CONFIG));
    }

    /** Whether a topic of this name may be shared while Kafka tiers it. */
    public TopicFilter topics() {
        return new TopicFilter(getList(TOPICS_CONFIG));
    }

    /** Whether a topic of this name may be shared while Kafka doesn't tier it. */
    public TopicFilter untieredTopics() {
        return new TopicFilter(getList(COMPACTED_TOPICS_CONFIG));
    }

    /** Whether Kafka's internal topics are shared, or nothing if it isn't set. */
    public Optional<Boolean> internalTopics() {
        return Optional.ofNullable(getBoolean(INTERNAL_TOPICS_CONFIG));
    }

    /** How often untiered topics are looked at for what isn't in S3 yet. */
    public Duration mirrorInterval() {
        return Duration.ofMillis(getLong(MIRROR_INTERVAL_MS_CONFIG));
    }
}
