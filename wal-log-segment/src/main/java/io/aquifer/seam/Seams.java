package io.aquifer.seam;

import io.aquifer.log.AquiferConfig;
import io.aquifer.log.AquiferRuntime;
import io.aquifer.log.SharedLog;
import io.aquifer.log.SharedLogs;
import io.aquifer.log.SharedLogs.Opening;
import java.io.File;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import kafka.cluster.Partition;
import kafka.log.LogManager;
import kafka.server.KafkaConfig;
import kafka.server.ReplicaManager;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.ProduceResponse.PartitionResponse;
import org.apache.kafka.common.utils.AppInfoParser;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.metadata.ConfigRepository;
import org.apache.kafka.metadata.KRaftMetadataCache;
import org.apache.kafka.metadata.MetadataCache;
import org.apache.kafka.metadata.PartitionRegistration;
import org.apache.kafka.server.ControllerInformation;
import org.apache.kafka.server.LogAppendResult;
import org.apache.kafka.server.PartitionFetchState;
import org.apache.kafka.server.purgatory.DelayedProduce.ProducePartitionStatus;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.storage.internals.log.LocalLog;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogOffsetMetadata;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.LogToClean;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.jspecify.annotations.Nullable;
import scala.Function1;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;

/**
 * The one class that advice woven into Kafka calls.
 *
 * <p>Without a running runtime (Kafka's command-line tools, a broker without Aquifer's settings) every method returns
 * at its first test and leaves Kafka's behaviour as it is.
 */
public final class Seams {

    private static volatile @Nullable AquiferRuntime runtime;

    private Seams() {}

    /** {@code LogManager$.apply}, on entry: starts the runtime, or refuses to start the broker. */
    public static void start(KafkaConfig config, ConfigRepository metadata, LogDirFailureChannel failures)
            throws IOException {
        if (AquiferConfig.isPresent(config.originals())) {
            ClassLoader classPath = Seams.class.getClassLoader();
            WovenClasses.on(classPath).verify(classPath, AppInfoParser.getVersion());
            install(AquiferRuntime.start(config, () -> image(metadata), failures));
        }
    }

    private static MetadataImage image(ConfigRepository metadata) {
        return metadata instanceof KRaftMetadataCache cache ? cache.currentImage() : MetadataImage.EMPTY;
    }

    /** {@code RaftControllerNodeProvider.create}, on regular exit: how the active controller is found. */
    public static void controllers(Supplier<ControllerInformation> finding) {
        AquiferRuntime running = runtime;
        if (running != null) {
            running.controllers(finding);
        }
    }

    /** {@code BrokerLifecycleManager.setReadyToUnfence}, on entry, on the thread that starts the broker. */
    public static void beforeUnfencing() {
        AquiferRuntime running = runtime;
        if (running != null) {
            running.beforeUnfencing();
        }
    }

    /** {@code ReplicaManager.beginControlledShutdown}, on entry, on the thread that ends the broker. */
    public static void beforeShutdown() {
        AquiferRuntime running = runtime;
        if (running != null) {
            running.beforeShutdown();
        }
    }

    /** Makes {@code started} the runtime of this process, of which there is one at most. */
    public static synchronized void install(AquiferRuntime started) {
        if (runtime != null) {
            throw new IllegalStateException("Aquifer runs in this process already");
        }
        runtime = started;
    }

    /** {@code LogManager.loadLogs}, on regular exit: every log found on disk is open. */
    public static void loaded(LogManager logs) throws IOException {
        AquiferRuntime running = runtime;
        if (running != null) {
            running.loaded(
                    logs::checkpointLogRecoveryOffsets,
                    (partition, logDir) -> logs.maybeUpdatePreferredLogDir(partition, logDir.getAbsolutePath()));
        }
    }

    /** {@code Cleaner.doClean}, on entry, on a thread of the cleaner. */
    public static void cleaning(LogToClean cleanable) {
        AquiferRuntime running = runtime;
        if (running != null) {
            running.logs().cleaning(cleanable.log(), cleanable.firstUncleanableOffset());
        }
    }

    /** {@code LogManager.shutdown}, on exit: every log is flushed and closed. */
    public static synchronized void stop() {
        AquiferRuntime running = runtime;
        if (running != null) {
            runtime = null;
            running.stop();
        }
    }

    /** {@code LogSegment.open}, on regular exit: the segment to hand out instead of {@code stock}. */
    public static LogSegment segment(LogSegment stock, File dir, LogConfig config, Time time) {
        AquiferRuntime running = runtime;
        return running == null ? stock : running.logs().segment(stock, dir, config, time);
    }

    /**
     * {@code UnifiedLog.create}, on entry: how the directory is to be loaded. The advice assigns the fields of the
     * answer to {@code logStartOffset}, {@code recoveryPoint} and {@code lastShutdownClean}.
     */
    public static Opening opening(
            File dir, Optional<Uuid> topicId, long logStartOffset, long recoveryPoint, boolean lastShutdownClean)
            throws IOException {
        AquiferRuntime running = runtime;
        Opening stock = new Opening(logStartOffset, recoveryPoint, lastShutdownClean);
        return running == null ? stock : running.logs().opening(dir, topicId, stock);
    }

    /** {@code UnifiedLog.create}, on exit, thrown or not: {@code log} is null where it threw. */
    public static void opened(File dir, @Nullable UnifiedLog log) throws IOException {
        AquiferRuntime running = runtime;
        if (running != null) {
            running.logs().opened(dir, log);
        }
    }

    /** {@code UnifiedLog.maybeIncrementHighWatermark}, on entry: the high watermark to use instead. */
    public static LogOffsetMetadata cap(@Nullable SharedLog log, LogOffsetMetadata highWatermark) {
        return log == null ? highWatermark : log.cap(highWatermark);
    }

    /** {@code UnifiedLog.read}, on entry: throws where a replica is to begin elsewhere, or later. */
    public static void reading(@Nullable SharedLog log, long startOffset, FetchIsolation isolation) {
        if (log != null && isolation == FetchIsolation.LOG_END) {
            log.replicaReads(startOffset);
        }
    }

    /** {@code UnifiedLog.updateConfig} and {@code assignTopicId}, on exit. */
    public static void configChanged(UnifiedLog log) {
        AquiferRuntime running = runtime;
        if (running != null) {
            running.logs().configChanged(log);
        }
    }

    /** {@code UnifiedLog.renameDir}, on regular exit. */
    public static void renamed(UnifiedLog log) {
        AquiferRuntime running = runtime;
        if (running != null) {
            running.logs().renamed(log);
        }
    }

    /**
     * {@code UnifiedLog.maybeIncrementLogStartOffset} when it answered true, {@code truncateFullyAndStartAt} always; on
     * regular exit.
     */
    public static void logStartChanged(UnifiedLog log) {
        AquiferRuntime running = runtime;
        if (running != null) {
            running.logs().logStartChanged(log);
        }
    }

    /** {@code UnifiedLog.close} and {@code closeHandlers}, on exit. */
    public static void closed(UnifiedLog log) {
        AquiferRuntime running = runtime;
        if (running != null) {
            running.logs().closed(log);
        }
    }

    /** {@code LocalLog.truncateTo}, on entry, under the log's lock. */
    public static void truncating(LocalLog log, long targetOffset) {
        AquiferRuntime running = runtime;
        if (running != null) {
            running.logs().truncating(log, targetOffset, false);
        }
    }

    /** {@code LocalLog.truncateFullyAndStartAt}, on entry, under the log's lock. */
    public static void emptying(LocalLog log, long newOffset) {
        AquiferRuntime running = runtime;
        if (running != null) {
            running.logs().truncating(log, newOffset, true);
        }
    }

    /** {@code LocalLog.truncateTo}, on regular exit, under the log's lock. */
    public static void truncated(LocalLog log) {
        AquiferRuntime running = runtime;
        if (running != null) {
            running.logs().truncated(log, false);
        }
    }

    /** {@code LocalLog.truncateFullyAndStartAt}, on regular exit, under the log's lock. */
    public static void emptied(LocalLog log) {
        AquiferRuntime running = runtime;
        if (running != null) {
            running.logs().truncated(log, true);
        }
    }

    /** {@code Partition.maybeIncrementLeaderHW}, on entry. */
    public static void leading(Partition partition, UnifiedLog leaderLog) {
        AquiferRuntime running = runtime;
        if (running != null) {
            running.logs().leading(partition, leaderLog);
        }
    }

    /** {@code Partition.makeLeader}, on regular exit. */
    public static void replicasChanged(Partition partition, PartitionRegistration registration) {
        AquiferRuntime running = runtime;
        if (running != null) {
            running.replicasChanged(partition, registration);
        }
    }

    /**
     * {@code RemoteLogManager.RLMCopyTask.copyLogSegmentsToRemote}, on entry.
     *
     * @return false if it is to be left out this time
     */
    public static boolean copying(Runnable task, UnifiedLog log) {
        SharedLog state = SharedLogs.of(log);
        return state == null || state.beginCopy(task);
    }

    /** {@code RemoteLogManager.RLMCopyTask.copyLogSegmentsToRemote}, on exit, thrown or not, unless it was left out. */
    public static void copied(UnifiedLog log) {
        SharedLog state = SharedLogs.of(log);
        if (state != null) {
            state.endCopy();
        }
    }

    /** {@code Partition.maybeReplaceCurrentWithFutureReplica}, on entry, before any lock is taken. */
    public static void beforeSwap(Partition partition) {
        AquiferRuntime running = runtime;
        if (running != null) {
            running.logs().beforeSwap(partition);
        }
    }

    /**
     * {@code ReplicaManager.appendRecords}, on entry: what is to be called with the answer instead of
     * {@code responseCallback}.
     */
    public static Function1<Map<TopicIdPartition, PartitionResponse>, BoxedUnit> answer(
            ReplicaManager replicaManager,
            short requiredAcks,
            long timeoutMs,
            Function1<Map<TopicIdPartition, PartitionResponse>, BoxedUnit> responseCallback) {
        return requiredAcks == 1 && runtime != null
                ? ProduceAnswer.begin(replicaManager, timeoutMs, responseCallback)
                : responseCallback;
    }

    /** {@code ReplicaManager.buildProducePartitionStatus}, on regular exit, on the thread of {@link #answer}. */
    public static void appended(
            scala.collection.Map<TopicIdPartition, LogAppendResult> appendResults,
            scala.collection.Map<TopicIdPartition, ProducePartitionStatus> produceStatus) {
        ProduceAnswer.appended(appendResults, produceStatus);
    }

    /**
     * Where {@code ReplicaManager.maybeAddDelayedProduce} would answer a produce with acks=1 at once.
     *
     * @return true if the response was taken over, and Kafka is not to give it
     */
    static boolean awaitDevice(
            ReplicaManager replicaManager,
            long timeoutMs,
            scala.collection.Map<TopicIdPartition, LogAppendResult> appendResults,
            scala.collection.Map<TopicIdPartition, ProducePartitionStatus> produceStatus,
            Function1<Map<TopicIdPartition, PartitionResponse>, BoxedUnit> responseCallback) {
        AquiferRuntime running = runtime;
        return running != null
                && running.acks()
                        .await(
                                replicaManager,
                                timeoutMs,
                                CollectionConverters.asJava(appendResults),
                                CollectionConverters.asJava(produceStatus),
                                responseCallback::apply);
    }

    /** {@code ReplicaManager.appendToLocalLog}, on entry: reserves WAL space for this thread before any lock is held. */
    public static void reserve(scala.collection.Map<TopicIdPartition, MemoryRecords> entriesPerPartition) {
        AquiferRuntime running = runtime;
        if (running != null) {
            running.gate().reserve(CollectionConverters.asJava(entriesPerPartition));
        }
    }

    /** {@code RemoteLeaderEndPoint.fetch}, on regular exit: reserves WAL space for what was fetched, or throws. */
    public static void reserveFetched(Map<TopicPartition, FetchResponseData.PartitionData> fetched) {
        AquiferRuntime running = runtime;
        if (running != null) {
            running.gate().reserveFetched(fetched);
        }
    }

    /** Exit of {@code appendToLocalLog} and {@code AbstractFetcherThread.processFetchRequest}, thrown or not. */
    public static void release() {
        AquiferRuntime running = runtime;
        if (running != null) {
            running.gate().release();
        }
    }

    /** {@code AbstractFetcherThread.maybeFetch}, on entry: waits until what this thread appended is durable. */
    public static void awaitAppended() {
        AquiferRuntime running = runtime;
        if (running != null) {
            running.gate().awaitAppended();
        }
    }

    /** {@code RemoteLeaderEndPoint.buildFetch}, on entry: the partitions whose end may be reported to the leader. */
    public static Map<TopicPartition, PartitionFetchState> reportable(
            Map<TopicPartition, PartitionFetchState> partitions) {
        AquiferRuntime running = runtime;
        return running == null ? partitions : running.gate().reportable(partitions);
    }

    /**
     * {@code KRaftMetadataCache.getPartitionLeaderEndpoint}, on exit: the answer to give instead of {@code found}, which is
     * empty for a partition that has no leader too.
     */
    public static Optional<Node> leaderEndpoint(
            MetadataCache metadata, String topic, int partition, Optional<Node> found) {
        boolean leaderless =
                runtime != null && found.isEmpty() && metadata.contains(new TopicPartition(topic, partition));
        return leaderless ? Optional.of(Node.noNode()) : found;
    }
}
