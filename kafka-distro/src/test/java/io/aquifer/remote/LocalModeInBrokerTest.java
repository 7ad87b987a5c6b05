package io.aquifer.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.common.StopPartition;
import org.apache.kafka.server.log.remote.TopicPartitionLog;
import org.apache.kafka.server.log.remote.storage.RemoteLogManager;
import org.apache.kafka.server.log.remote.storage.RemoteLogManagerConfig;
import org.apache.kafka.server.util.KafkaScheduler;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogOffsetsListener;
import org.apache.kafka.storage.internals.log.LogStartOffsetIncrementReason;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log of a shared topic under Kafka's own remote log manager, with the managers of a broker without S3. */
class LocalModeInBrokerTest {

    private static final TopicPartition PARTITION = new TopicPartition("shared", 0);
    private static final Uuid TOPIC_ID = Uuid.fromString("c1dNbzBlTTmzV3pQzJ2Y3Q");
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int RECORDS = 30;

    private final BrokerTopicStats stats = new BrokerTopicStats(true);
    private final Metrics metrics = new Metrics();
    private final KafkaScheduler scheduler = new KafkaScheduler(1);
    private final Map<TopicPartition, Throwable> stopErrors = new ConcurrentHashMap<>();

    @TempDir
    private Path folder;

    private RemoteLogManager manager;
    private UnifiedLog log;

    @BeforeEach
    void startScheduler() {
        scheduler.startup();
    }

    @AfterEach
    void stop() throws InterruptedException {
        manager.close();
        log.close();
        scheduler.shutdown();
        stats.close();
        metrics.close();
    }

    @Test
    void keepsEverythingWhereTheOperatorForgotToDisableCopies() throws IOException {
        open(Map.of(TopicConfig.RETENTION_MS_CONFIG, "1"));
        int segments = log.numberOfSegments();

        becomeLeader();
        await(() -> stats.topicStats("shared").failedRemoteCopyRequestRate().count() >= 2);

        assertThat(log.deleteOldSegments()).isZero();
        assertThat(log.numberOfSegments()).isGreaterThanOrEqualTo(segments);
        assertThat(log.logStartOffset()).isZero();
        assertThat(log.localLogStartOffset()).isZero();
        assertThat(log.logEndOffset()).isEqualTo(RECORDS);
        assertThat(stats.topicStats("shared").remoteCopyBytesRate().count()).isZero();
    }

    @Test
    void expiresRecordsLikeAnyTopicWhereCopiesAreDisabled() throws IOException {
        open(Map.of(TopicConfig.REMOTE_LOG_COPY_DISABLE_CONFIG, "true", TopicConfig.RETENTION_BYTES_CONFIG, "2048"));

        becomeLeader();

        assertThat(log.deleteOldSegments()).isPositive();
        assertThat(log.logStartOffset()).isPositive().isEqualTo(firstSegment());
        assertThat(log.localLogStartOffset()).isEqualTo(log.logStartOffset());
        assertThat(log.logEndOffset()).isEqualTo(RECORDS);
        assertThat(stats.topicStats("shared").failedRemoteCopyRequestRate().count())
                .isZero();
    }

    @Test
    void deletesRecordsUpToAnOffset() throws IOException {
        open(Map.of(TopicConfig.REMOTE_LOG_COPY_DISABLE_CONFIG, "true"));
        becomeLeader();

        log.maybeIncrementLogStartOffset(RECORDS / 2, LogStartOffsetIncrementReason.ClientRecordDeletion);

        assertThat(log.deleteOldSegments()).isPositive();
        assertThat(log.logStartOffset()).isEqualTo(RECORDS / 2);
    }

    @Test
    void changesLeadershipAndDeletesTheTopicWithoutAnError() throws IOException {
        open(Map.of(TopicConfig.REMOTE_LOG_COPY_DISABLE_CONFIG, "true"));

        becomeLeader();
        manager.onLeadershipChange(Set.of(), Set.of(partition()), Map.of("shared", TOPIC_ID));
        becomeLeader();
        manager.stopPartitions(Set.of(new StopPartition(PARTITION, true, true, true)), stopErrors::put);

        assertThat(stopErrors).isEmpty();
        assertThat(log.logStartOffset()).isZero();
    }

    @Test
    void opensAgainAtTheSameStart() throws IOException {
        open(Map.of(TopicConfig.REMOTE_LOG_COPY_DISABLE_CONFIG, "true", TopicConfig.RETENTION_BYTES_CONFIG, "2048"));
        becomeLeader();
        log.deleteOldSegments();
        long start = log.logStartOffset();
        log.close();
        manager.close();

        log = openLog(config(Map.of(TopicConfig.REMOTE_LOG_COPY_DISABLE_CONFIG, "true")), start);
        manager = manager();
        becomeLeader();

        assertThat(log.logStartOffset()).isEqualTo(start);
        assertThat(log.logEndOffset()).isEqualTo(RECORDS);
    }

    private void open(Map<String, String> topicSettings) throws IOException {
        log = openLog(config(topicSettings), 0);
        for (int i = 0; i < RECORDS; i++) {
            SimpleRecord record = new SimpleRecord(
                    Time.SYSTEM.milliseconds() - Duration.ofHours(1).toMillis(),
                    ("value " + i).repeat(20).getBytes(StandardCharsets.UTF_8));
            log.appendAsLeader(
                    MemoryRecords.withRecords(
                            RecordBatch.CURRENT_MAGIC_VALUE, 0L, Compression.NONE, TimestampType.CREATE_TIME, record),
                    0);
        }
        log.updateHighWatermark(log.logEndOffset());
        manager = manager();
    }

    private static LogConfig config(Map<String, String> topicSettings) {
        Properties properties = new Properties();
        properties.put(TopicConfig.REMOTE_LOG_STORAGE_ENABLE_CONFIG, "true");
        properties.put(LogConfig.INTERNAL_SEGMENT_BYTES_CONFIG, "1024");
        properties.putAll(topicSettings);
        return new LogConfig(properties);
    }

    private UnifiedLog openLog(LogConfig config, long logStartOffset) throws IOException {
        return UnifiedLog.create(
                new File(folder.toFile(), PARTITION.toString()),
                config,
                logStartOffset,
                0,
                scheduler,
                stats,
                Time.SYSTEM,
                60_000,
                new ProducerStateManagerConfig(60_000, false),
                60_000,
                new LogDirFailureChannel(1),
                true,
                Optional.of(TOPIC_ID),
                new ConcurrentHashMap<>(),
                true,
                LogOffsetsListener.NO_OP_OFFSETS_LISTENER);
    }

    private RemoteLogManager manager() throws IOException {
        Map<String, Object> settings = new HashMap<>();
        settings.put(RemoteLogManagerConfig.REMOTE_LOG_STORAGE_SYSTEM_ENABLE_PROP, true);
        settings.put(
                RemoteLogManagerConfig.REMOTE_STORAGE_MANAGER_CLASS_NAME_PROP,
                LocalRemoteStorageManager.class.getName());
        settings.put(
                RemoteLogManagerConfig.REMOTE_LOG_METADATA_MANAGER_CLASS_NAME_PROP,
                LocalRemoteLogMetadataManager.class.getName());
        settings.put(RemoteLogManagerConfig.REMOTE_LOG_METADATA_MANAGER_LISTENER_NAME_PROP, "PLAINTEXT");
        settings.put(RemoteLogManagerConfig.REMOTE_LOG_MANAGER_TASK_INTERVAL_MS_PROP, 5L);
        return new RemoteLogManager(
                new RemoteLogManagerConfig(new AbstractConfig(RemoteLogManagerConfig.configDef(), settings)),
                1,
                folder.toString(),
                "cluster",
                Time.SYSTEM,
                partition -> Optional.of(log),
                (partition, offset) -> log.updateLogStartOffsetFromRemoteTier(offset),
                stats,
                metrics,
                Optional.empty());
    }

    private void becomeLeader() {
        manager.onLeadershipChange(Set.of(partition()), Set.of(), Map.of("shared", TOPIC_ID));
    }

    private TopicPartitionLog partition() {
        return new TopicPartitionLog() {
            @Override
            public TopicPartition topicPartition() {
                return PARTITION;
            }

            @Override
            public Optional<UnifiedLog> unifiedLog() {
                return Optional.of(log);
            }
        };
    }

    private long firstSegment() {
        return log.logSegments().get(0).baseOffset();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("still waiting").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
