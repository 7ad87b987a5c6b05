package io.aquifer.log;

import io.aquifer.format.ClusterKeys;
import io.aquifer.object.ObjectStore;
import io.aquifer.rebuild.LogDirectories;
import io.aquifer.seam.Seams;
import io.aquifer.wal.DirectoryIds;
import io.aquifer.wal.Wal;
import io.aquifer.wal.WalFormatter;
import io.aquifer.wal.WalOwner;
import io.aquifer.wal.device.AlignedMemory;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.layout.SuperblockSlots;
import io.aquifer.wal.recovery.RecoveredLog;
import io.aquifer.wal.recovery.WalIndex;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import kafka.log.LogManager;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.server.util.FileLock;
import org.apache.kafka.storage.internals.log.CleanerConfig;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;
import org.jspecify.annotations.Nullable;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.OptionConverters;

/**
 * What of a broker keeps logs: a log manager of the woven classes and Aquifer's runtime on a {@link ControlledDevice}, in
 * this process. It can be stopped, or die, and be started again over what is left.
 *
 * <p>Nothing is flushed, trimmed or deleted in the background.
 */
final class Broker implements AutoCloseable {

    static final WalOwner OWNER = new WalOwner("cluster", 1);
    static final ClusterKeys KEYS = ClusterKeys.of("", OWNER.clusterId());

    private final List<File> dirs = new ArrayList<>();
    private final Map<File, UUID> directoryIds = new LinkedHashMap<>();
    private final Set<File> failedDirs = new HashSet<>();
    private final Map<String, String> settings = new HashMap<>();
    private final Map<String, Properties> topics = new LinkedHashMap<>();
    private final Map<String, Uuid> topicIds = new HashMap<>();
    private ManualScheduler scheduler = new ManualScheduler();
    private ControlledDevice device = new ControlledDevice();
    private @Nullable AquiferRuntime runtime;
    private @Nullable LogManager logs;
    private LogDirFailureChannel failures = new LogDirFailureChannel(1);
    private @Nullable ObjectStore bucket;
    private int rebuilt;

    /** A broker with one log directory that isn't started yet, and an empty WAL. */
    Broker(Path root) throws IOException {
        this(root, 1);
    }

    Broker(Path root, int logDirs) throws IOException {
        for (int i = 0; i < logDirs; i++) {
            dirs.add(Files.createDirectories(root.resolve("logs-" + i)).toFile());
            directoryIds.put(dirs.get(i), new UUID(7, i));
        }
        settings.put(AquiferConfig.WAL_PATH_CONFIG, "controlled");
        settings.put(AquiferConfig.WAL_MEMORY_BYTES_CONFIG, "1048576");
        settings.put(AquiferConfig.WAL_BLOCK_BYTES_CONFIG, "65536");
        settings.put(AquiferConfig.TRIM_INTERVAL_MS_CONFIG, "3600000");
        formatWal();
    }

    /** Puts an empty WAL in place of what there was. */
    void formatWal() throws IOException {
        formatWal(0);
    }

    /** As above, as a broker whose WAL was taken over does it. */
    void formatWal(long epoch) throws IOException {
        device = new ControlledDevice();
        try (AlignedMemory memory = AlignedMemory.system()) {
            WalFormatter.format(device, memory, OWNER, epoch);
        }
    }

    /** Another broker of the same cluster. */
    Broker besides(Broker other) {
        topics.putAll(other.topics);
        topicIds.putAll(other.topicIds);
        return this;
    }

    List<File> dirs() {
        return List.copyOf(dirs);
    }

    Broker with(String setting, String value) {
        settings.put(setting, value);
        return this;
    }

    /** From the next start on, logs whose directories are lost are rebuilt from there. */
    Broker rebuildingFrom(ObjectStore store) {
        bucket = store;
        return this;
    }

    /** How many logs the last start rebuilt. */
    int rebuilt() {
        return rebuilt;
    }

    /** The local disk is lost with all that is on it. */
    void loseDirs() throws IOException {
        for (File dir : dirs) {
            Utils.delete(dir);
            Files.createDirectories(dir.toPath());
        }
    }

    /** The disk of a log directory has failed: from the next start on Kafka leaves it out, and so it is read no more. */
    void failDir(int index) {
        failedDirs.add(dirs.get(index));
        directoryIds.remove(dirs.get(index));
    }

    /** The disk is there again, as it was. */
    void repairDir(int index) {
        failedDirs.remove(dirs.get(index));
        directoryIds.put(dirs.get(index), new UUID(7, index));
    }

    /** Declares a topic, or changes its settings for whoever asks next. */
    Broker topic(String name, String... config) {
        Properties properties = new Properties();
        for (int i = 0; i < config.length; i += 2) {
            properties.put(config[i], config[i + 1]);
        }
        topics.put(name, properties);
        topicIds.computeIfAbsent(name, any -> Uuid.randomUuid());
        return this;
    }

    Broker sharedTopic(String name) {
        return topic(name, "remote.storage.enable", "true");
    }

    /** Another topic takes over the name. */
    void recreateTopic(String name) {
        topicIds.put(name, Uuid.randomUuid());
    }

    Uuid topicId(String name) {
        return topicIds.get(name);
    }

    Broker start() throws IOException {
        failures = new LogDirFailureChannel(dirs.size());
        AquiferConfig config = AquiferConfig.of(settings);
        SharingPolicy policy =
                SharingPolicy.topics(config.topics(), config.internalTopics().orElse(false), config.untieredTopics());
        LogDirectories directories = LogDirectories.look(directoryIds);
        DirectoryIds ids = (known, index) -> directories.idsToKeep(known, index.logs());
        runtime = AquiferRuntime.start(config, policy, device, null, OWNER, ids, failures);
        if (bucket != null) {
            rebuilt = runtime.rebuild(bucket, KEYS, directories, 1 << 20);
        }
        Seams.install(runtime);
        scheduler = new ManualScheduler();
        logs = newLogManager();
        logs.startup(CollectionConverters.asScala(topics.keySet()), log -> false);
        return this;
    }

    private LogManager newLogManager() {
        return new LogManager(
                CollectionConverters.asScala(dirs),
                CollectionConverters.asScala(List.copyOf(failedDirs)),
                (ConfigResource resource) -> topics.getOrDefault(resource.name(), new Properties()),
                new LogConfig(new Properties()),
                new CleanerConfig(false),
                1,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                60_000,
                new ProducerStateManagerConfig(3_600_000, false),
                600_000,
                scheduler,
                new BrokerTopicStats(true),
                failures,
                Time.SYSTEM,
                true,
                0,
                null);
    }

    /** Flushes and closes every log, and ends in good order. */
    void stop() {
        device = device.next(() -> logManager().shutdown(-1L));
        logs = null;
        runtime = null;
    }

    /** The process dies: what it hasn't written to the device never was. Its files stay as they are. */
    void crash() {
        die();
        leaveFiles();
    }

    /** The first part of {@link #crash}: nothing reaches the device any more, and the logs are still open. */
    void die() {
        device = device.crash();
        runtime().wal().fail(new IOException("the process died"));
        Seams.stop();
    }

    /** The second part of {@link #crash}. */
    void leaveFiles() {
        Collection<UnifiedLog> open = open();
        open.forEach(UnifiedLog::closeHandlers);
        open.forEach(UnifiedLog::removeLogMetrics);
        unlockDirs();
        logs = null;
        runtime = null;
    }

    private void unlockDirs() {
        try {
            Field field = LogManager.class.getDeclaredField("dirLocks");
            field.setAccessible(true);
            for (Object lock : CollectionConverters.asJava((scala.collection.Seq<?>) field.get(logs))) {
                ((FileLock) lock).destroy();
            }
        } catch (ReflectiveOperationException | IOException e) {
            throw new AssertionError(e);
        }
    }

    boolean isRunning() {
        return runtime != null;
    }

    @Override
    public void close() {
        if (runtime != null) {
            crash();
        }
    }

    /** Creates the log of a partition, as a leader or follower that is new here does. The device is idle afterwards. */
    UnifiedLog create(TopicPartition partition) {
        UnifiedLog log = logManager()
                .getOrCreateLog(
                        partition, true, false, Optional.of(topicIds.get(partition.topic())), scala.Option.empty());
        SharedLog shared = shared(partition);
        if (shared != null) {
            Eventually.holds("the log is known to the WAL", () -> inWal(shared.id()) != null);
        }
        return log;
    }

    /** Creates the log that is to replace a partition's, in another directory. */
    UnifiedLog createFuture(TopicPartition partition, File dir) {
        logManager().maybeUpdatePreferredLogDir(partition, dir.getAbsolutePath());
        return logManager()
                .getOrCreateLog(
                        partition, false, true, Optional.of(topicIds.get(partition.topic())), scala.Option.empty());
    }

    void delete(TopicPartition partition) {
        logManager().asyncDelete(partition, false, true, false);
    }

    /** Changes the settings of a topic whose logs are open. */
    void reconfigure(String name, String... config) {
        topic(name, config);
        open().stream()
                .filter(log -> log.topicPartition().topic().equals(name))
                .forEach(log -> log.updateConfig(config(name)));
    }

    LogConfig config(String name) {
        return LogConfig.fromProps(Map.of(), topics.get(name));
    }

    UnifiedLog log(TopicPartition partition) {
        return OptionConverters.toJava(logManager().getLog(partition, false)).orElseThrow();
    }

    boolean has(TopicPartition partition) {
        return logManager().getLog(partition, false).isDefined();
    }

    private Collection<UnifiedLog> open() {
        List<UnifiedLog> open = new ArrayList<>();
        CollectionConverters.asJava(logManager().allLogs()).forEach(open::add);
        return open;
    }

    @Nullable
    SharedLog shared(TopicPartition partition) {
        return runtime().logs().shared(partition);
    }

    /** What the WAL holds of a log now. */
    @Nullable
    RecoveredLog inWal(LogId id) throws IOException {
        return walIndex().log(id);
    }

    WalIndex walIndex() throws IOException {
        WalIndex index = new WalIndex();
        Wal.scan(device, runtime().wal().superblock(), index);
        return index;
    }

    /** What the device says of the WAL. */
    Superblock superblock() throws IOException {
        try (AlignedMemory memory = AlignedMemory.system()) {
            return new SuperblockSlots(device, memory.allocate(Superblock.SIZE)).read();
        }
    }

    /** Everything that was appended, control records too, is on the device when this returns. */
    void awaitDurable() {
        Eventually.holds(
                "everything is durable",
                () -> runtime().wal().memoryUsed() == 0
                        && runtime().logs().shared().stream()
                                .allMatch(log -> log.durableEnd().messageOffset
                                        == log.requiredLog().logEndOffset()));
    }

    AquiferRuntime runtime() {
        if (runtime == null) {
            throw new IllegalStateException("not running");
        }
        return runtime;
    }

    LogManager logManager() {
        if (logs == null) {
            throw new IllegalStateException("not running");
        }
        return logs;
    }

    ControlledDevice device() {
        return device;
    }

    ManualScheduler scheduler() {
        return scheduler;
    }

    LogDirFailureChannel failures() {
        return failures;
    }

    boolean isOffline(File dir) {
        return failures.hasOfflineLogDir(dir.getAbsolutePath());
    }

    File dir(int index) {
        return dirs.get(index);
    }

    File dirOf(TopicPartition partition) {
        return new File(dirs.get(0), partition.toString());
    }

    Set<String> topics() {
        return topics.keySet();
    }
}
