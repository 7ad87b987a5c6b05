package io.aquifer.seam;

import io.aquifer.log.SharedLog;
import java.io.File;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kafka.cluster.Partition;
import kafka.server.KafkaConfig;
import kafka.server.ReplicaManager;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.requests.ProduceResponse.PartitionResponse;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.LocalLog;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogOffsetMetadata;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.jspecify.annotations.Nullable;
import scala.Function1;
import scala.runtime.BoxedUnit;

/**
 * The one class that advice woven into Kafka calls.
 *
 * <p>Without a running runtime (Kafka's command-line tools, a broker without Aquifer's settings) every method returns
 * at its first test and leaves Kafka's behaviour as it is.
 */
public final class Seams {

    private Seams() {}

    /** {@code LogManager$.apply}, on entry: starts the runtime, or refuses to start the broker. */
    public static void start(KafkaConfig config, LogDirFailureChannel failures) {}

    /** {@code LogManager.loadLogs}, on regular exit: every log found on disk is open. */
    public static void loaded() {}

    /** {@code LogManager.shutdown}, on exit: every log is flushed and closed. */
    public static void stop() {}

    /** {@code LogSegment.open}, on regular exit: the segment to hand out instead of {@code stock}. */
    public static LogSegment segment(LogSegment stock, File dir, LogConfig config, Time time, String fileSuffix) {
        return stock;
    }

    /**
     * {@code UnifiedLog.create}, on entry: how the directory is to be loaded. The advice assigns the fields of the
     * answer to {@code logStartOffset}, {@code recoveryPoint} and {@code lastShutdownClean}.
     */
    public static Opening opening(
            File dir,
            LogConfig config,
            Optional<Uuid> topicId,
            long logStartOffset,
            long recoveryPoint,
            boolean lastShutdownClean,
            boolean remoteStorageSystemEnable) {
        return new Opening(logStartOffset, recoveryPoint, lastShutdownClean);
    }

    /** How {@code UnifiedLog.create} is to load a directory: its arguments of the same names. */
    public record Opening(long logStartOffset, long recoveryPoint, boolean lastShutdownClean) {}

    /** {@code UnifiedLog.create}, on exit, thrown or not: {@code log} is null where it threw. */
    public static void opened(File dir, @Nullable UnifiedLog log) {}

    /** {@code UnifiedLog.maybeIncrementHighWatermark}, on entry: the high watermark to use instead. */
    public static LogOffsetMetadata cap(@Nullable SharedLog log, LogOffsetMetadata highWatermark) {
        return highWatermark;
    }

    /** {@code UnifiedLog.updateConfig}, on exit. */
    public static void configChanged(UnifiedLog log) {}

    /** {@code UnifiedLog.renameDir}, on entry. */
    public static void renaming(UnifiedLog log, String newName) {}

    /** {@code UnifiedLog.renameDir}, on regular exit. */
    public static void renamed(UnifiedLog log, String newName) {}

    /** {@code UnifiedLog.maybeIncrementLogStartOffset} when it answered true, {@code truncateFullyAndStartAt} always; on regular exit. */
    public static void logStartChanged(UnifiedLog log) {}

    /** {@code UnifiedLog.close} and {@code closeHandlers}, on exit. */
    public static void closed(UnifiedLog log) {}

    /** {@code LocalLog.truncateTo} and {@code truncateFullyAndStartAt}, on regular exit, under the log's lock. */
    public static void truncated(LocalLog log) {}

    /** {@code Partition.maybeIncrementLeaderHW}, on entry. */
    public static void leading(Partition partition, UnifiedLog leaderLog) {}

    /** {@code Partition.maybeReplaceCurrentWithFutureReplica}, on entry, before any lock is taken. */
    public static void beforeSwap(Partition partition) {}

    /**
     * {@code ReplicaManager.appendRecords}, on entry: what is to be called with the answer instead of
     * {@code responseCallback}.
     */
    public static Function1<Map<TopicIdPartition, PartitionResponse>, BoxedUnit> answer(
            ReplicaManager replicaManager,
            short requiredAcks,
            long timeoutMs,
            Function1<Map<TopicIdPartition, PartitionResponse>, BoxedUnit> responseCallback) {
        return requiredAcks == 1
                ? ProduceAnswer.begin(replicaManager, requiredAcks, timeoutMs, responseCallback)
                : responseCallback;
    }

    /** {@code ReplicaManager.buildProducePartitionStatus}, on regular exit, on the thread of {@link #answer}. */
    public static void appended(
            scala.collection.Map<TopicIdPartition, ?> appendResults,
            scala.collection.Map<TopicIdPartition, ?> produceStatus) {
        ProduceAnswer.appended(appendResults, produceStatus);
    }

    /**
     * Where {@code ReplicaManager.maybeAddDelayedProduce} would answer a produce with acks=1 at once.
     *
     * @return true if the response was taken over, and Kafka is not to give it
     */
    public static boolean awaitDevice(
            ReplicaManager replicaManager,
            short requiredAcks,
            long timeoutMs,
            scala.collection.Map<TopicIdPartition, ?> initialAppendResults,
            scala.collection.Map<TopicIdPartition, ?> initialProduceStatus,
            Object responseCallback) {
        return false;
    }

    /** {@code ReplicaManager.appendToLocalLog}, on entry: reserves WAL space for this thread before any lock is held. */
    public static void reserve(scala.collection.Map<TopicIdPartition, ?> entriesPerPartition) {}

    /** {@code RemoteLeaderEndPoint.fetch}, on regular exit: reserves WAL space for what was fetched, or throws. */
    public static void reserveFetched(Map<TopicPartition, ?> fetched) {}

    /** Exit of {@code appendToLocalLog} and {@code AbstractFetcherThread.processFetchRequest}, thrown or not. */
    public static void release() {}

    /** {@code AbstractFetcherThread.maybeFetch}, on entry: waits until what this thread appended is durable. */
    public static void awaitAppended() {}

    /** {@code RemoteLeaderEndPoint.buildFetch}, on entry: the partitions whose end may be reported to the leader. */
    public static Map<TopicPartition, ?> reportable(Map<TopicPartition, ?> partitions) {
        return partitions;
    }

    /** Names of the Kafka classes that must have been loaded from the Aquifer JAR. */
    public static List<String> wovenClasses() {
        return List.of();
    }
}
