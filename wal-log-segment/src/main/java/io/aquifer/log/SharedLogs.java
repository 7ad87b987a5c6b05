package io.aquifer.log;

import io.aquifer.format.LogIncarnation;
import io.aquifer.mirror.MirrorSource;
import io.aquifer.rebuild.IncarnationFile;
import io.aquifer.rebuild.KafkaIds;
import io.aquifer.rebuild.Rebuilt;
import io.aquifer.rebuild.TakenLog;
import io.aquifer.rebuild.TakenLogs;
import io.aquifer.wal.append.WriteAheadLog;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.RecordKind;
import io.aquifer.wal.recovery.RecoveredLog;
import io.aquifer.wal.recovery.WalIndex;
import java.io.File;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import kafka.cluster.Partition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.LocalLog;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows every log of the broker from the opening of its directory to its end, and decides when it is shared.
 *
 * <p>A log is shared while the {@link SharingPolicy} wants it and its directory is the partition's current one. Becoming shared makes what is in the local files durable first, then gives the log an
 * incarnation in the WAL; ceasing to be shared makes the local files durable before the WAL forgets the log.
 */
public final class SharedLogs {

    private static final Logger LOG = LoggerFactory.getLogger(SharedLogs.class);
    private static final Pattern SUFFIXED = Pattern.compile(".*\\.[0-9a-f]{32}-(future|delete|stray)");
    private static final Pattern LEAVING = Pattern.compile(".*-(delete|stray)");

    private final WriteAheadLog wal;
    private final WalAppender appender;
    private final LogReconciler reconciler;
    private final SharingPolicy policy;
    private final SecureRandom random = new SecureRandom();
    private final Map<File, SharedLog> byDir = new ConcurrentHashMap<>();
    private final Map<TopicPartition, SharedLog> shared = new ConcurrentHashMap<>();
    private final Map<LogId, RecoveredLog> unopened = new ConcurrentHashMap<>();
    private final Set<File> rebuilt = ConcurrentHashMap.newKeySet();
    private final Map<LogId, String> notRebuilt = new ConcurrentHashMap<>();
    private final TakenLogs fromOthers = new TakenLogs();
    private final Map<File, TakenLog> placed = new ConcurrentHashMap<>();
    private final AtomicLong lastTaken = new AtomicLong(-1);
    private volatile Runnable recoveryPoints = () -> {};
    private volatile boolean loading = true;
    private volatile long pinnedPosition = Long.MAX_VALUE;

    SharedLogs(
            WriteAheadLog wal, WalAppender appender, LogReconciler reconciler, WalIndex index, SharingPolicy policy) {
        this.wal = wal;
        this.appender = appender;
        this.reconciler = reconciler;
        this.policy = policy;
        index.logs().stream().filter(log -> !log.deleted()).forEach(log -> unopened.put(log.id(), log));
    }

    /** The logs that are shared now, and those that were when they were closed. */
    Collection<SharedLog> shared() {
        return shared.values();
    }

    /** Ids of the logs that are shared now. */
    Collection<LogId> sharedIds() {
        List<LogId> ids = new ArrayList<>();
        for (SharedLog log : shared.values()) {
            LogId id = log.id();
            if (id != null) {
                ids.add(id);
            }
        }
        return ids;
    }

    /** Those of the logs that are shared now that Kafka doesn't tier. */
    Collection<MirrorSource> mirrored() {
        List<MirrorSource> mirrored = new ArrayList<>();
        for (SharedLog state : shared.values()) {
            LogId id = state.id();
            UnifiedLog log = state.log();
            if (id != null && log != null && !log.remoteLogEnabled()) {
                mirrored.add(new MirroredSharedLog(state, id, log));
            }
        }
        return mirrored;
    }

    @Nullable
    SharedLog shared(TopicPartition topicPartition) {
        return shared.get(topicPartition);
    }

    /** Logs in the WAL that no log directory had when the broker started. */
    Collection<RecoveredLog> unopened() {
        return unopened.values();
    }

    /** The WAL may not be trimmed beyond this, for logs that can't be flushed. */
    long pinnedPosition() {
        long pinned = pinnedPosition;
        for (RecoveredLog log : unopened.values()) {
            pinned = Math.min(pinned, log.firstPosition());
        }
        return pinned;
    }

    /**
     * Every log that Kafka found on disk is open.
     *
     * @param durableRecoveryPoints writes down durably up to where the local files of all logs are flushed
     */
    void loaded(Runnable durableRecoveryPoints) {
        recoveryPoints = durableRecoveryPoints;
        loading = false;
        if (!unopened.isEmpty()) {
            LOG.error(
                    "The WAL holds logs that are in no log directory: {}. Their records stay in the WAL, which can't be "
                            + "trimmed beyond them. Restore their directories, or let the broker be assigned them again.",
                    unopened.keySet());
        }
    }

    /** Returns when this broker's WAL durably has every log that came from other brokers' WALs. */
    void awaitTaken() throws IOException {
        long block = lastTaken.get();
        if (block >= 0) {
            appender.awaitDurable(block);
        }
    }

    /** Whether this broker's WAL has a log of a partition, open or not. */
    boolean has(LogIncarnation log) {
        return Stream.concat(
                        sharedIds().stream(),
                        unopened.values().stream()
                                .filter(known -> known.topic() != null)
                                .map(RecoveredLog::id))
                .anyMatch(id -> id.topicId().equals(log.topicId()) && id.partition() == log.partition());
    }

    /** Logs that this broker is to get from other brokers' WALs. */
    TakenLogs fromOthers() {
        return fromOthers;
    }

    /** Directories were made just now, whole and durable, before any was loaded. */
    void rebuilt(Rebuilt result) {
        rebuilt.addAll(result.directories());
        unopened.keySet().forEach(id -> result.refusal(id).ifPresent(reason -> notRebuilt.put(id, reason)));
    }

    /** How Kafka is to load a directory. */
    public record Opening(long logStartOffset, long recoveryPoint, boolean lastShutdownClean) {}

    /**
     * A directory is about to be loaded: from where the WAL says that the log starts, and with recovery unless the
     * directory was closed in good order, which Kafka only knows of those it finds at start.
     */
    public Opening opening(File dir, Optional<Uuid> topicId, Opening stock) throws IOException {
        Optional<TakenLog> taken = takeFromAnother(dir, topicId);
        if (taken.isPresent()) {
            track(dir, true);
            return new Opening(Math.max(stock.logStartOffset, taken.get().logStartOffset()), stock.recoveryPoint, true);
        }
        RecoveredLog recovered = recovered(dir, topicId);
        long logStartOffset =
                recovered == null ? stock.logStartOffset : Math.max(stock.logStartOffset, recovered.logStartOffset());
        boolean clean = rebuilt.remove(dir.getAbsoluteFile())
                || (stock.lastShutdownClean
                        && (loading || IncarnationFile.read(dir).isEmpty()));
        track(dir, recovered != null);
        return new Opening(logStartOffset, stock.recoveryPoint, clean);
    }

    /** Gives a log that comes from another broker's WAL the empty directory that Kafka has just made. */
    private Optional<TakenLog> takeFromAnother(File dir, Optional<Uuid> topicId) {
        if (loading || topicId.isEmpty() || SUFFIXED.matcher(dir.getName()).matches()) {
            return Optional.empty();
        }
        try {
            int partition = UnifiedLog.parseTopicPartitionName(dir).partition();
            Optional<TakenLog> taken = fromOthers.take(KafkaIds.toJava(topicId.get()), partition);
            if (taken.isPresent()) {
                taken.get().place(dir);
                placed.put(dir.getAbsoluteFile(), taken.get());
            }
            return taken;
        } catch (IOException e) {
            throw new KafkaStorageException("The log in " + dir + " can't be made: " + e.getMessage(), e);
        }
    }

    /** A log that the WAL knows is followed until the WAL has forgotten it, even if it can't be shared any more. */
    private void track(File dir, boolean known) throws IOException {
        TopicPartition topicPartition = UnifiedLog.parseTopicPartitionName(dir);
        if (!topicPartition.topic().equals(Topic.CLUSTER_METADATA_TOPIC_NAME)
                && (known || policy.everShares(topicPartition.topic()))) {
            byDir.put(dir.getAbsoluteFile(), new SharedLog(appender, topicPartition, dir));
        }
    }

    /** What the WAL holds of the log in {@code dir}, which is still to be loaded; null if nothing. */
    private @Nullable RecoveredLog recovered(File dir, Optional<Uuid> topicId) throws IOException {
        int partition = UnifiedLog.parseTopicPartitionName(dir).partition();
        return find(dir, IncarnationFile.read(dir), topicId, partition);
    }

    /** The segment to use in place of {@code stock}. */
    public LogSegment segment(LogSegment stock, File dir, LogConfig config, Time time) {
        SharedLog log = byDir.get(dir.getAbsoluteFile());
        return log == null ? stock : WalLogSegment.inPlaceOf(stock, config, time, log);
    }

    /**
     * A directory was loaded: {@code log} is null if that failed.
     *
     * @throws IOException while the broker starts: the log directory goes offline
     * @throws KafkaStorageException later: this partition stays offline, and nothing else
     */
    public void opened(File dir, @Nullable UnifiedLog log) throws IOException {
        try {
            attach(dir, log);
        } catch (IOException e) {
            if (loading) {
                throw e;
            }
            throw new KafkaStorageException("Opening the log in " + dir + " failed: " + e.getMessage(), e);
        }
    }

    private void attach(File dir, @Nullable UnifiedLog log) throws IOException {
        SharedLog state = byDir.get(dir.getAbsoluteFile());
        if (state == null) {
            return;
        }
        TakenLog taken = placed.remove(dir.getAbsoluteFile());
        if (log == null) {
            byDir.remove(dir.getAbsoluteFile());
            if (taken != null) {
                refuse(taken, "Kafka couldn't load it");
            }
            return;
        }
        state.attach(log);
        if (log instanceof SharedLogHolder holder) {
            holder.aquiferLog(state);
        }
        try {
            if (taken == null) {
                join(state, log);
            } else {
                adopt(state, log, taken);
            }
        } catch (IOException | RuntimeException e) {
            if (taken != null) {
                refuse(taken, String.valueOf(e.getMessage()));
            }
            byDir.remove(dir.getAbsoluteFile());
            log.closeHandlers();
            shared.remove(state.topicPartition(), state);
            throw e;
        }
    }

    private void join(SharedLog state, UnifiedLog log) throws IOException {
        OptionalLong incarnation = IncarnationFile.read(log.dir());
        RecoveredLog recovered =
                find(log.dir(), incarnation, log.topicId(), log.topicPartition().partition());
        if (isLeaving(log)) {
            byDir.remove(log.dir().getAbsoluteFile());
            if (recovered != null) {
                state.deleted(recovered.id());
                unopened.remove(recovered.id());
            }
            return;
        }
        if (recovered == null) {
            if (incarnation.isPresent()) {
                LOG.warn(
                        "The WAL knows nothing of the log in {}, which was shared: it must have been formatted anew",
                        log.dir());
            }
            if (isEligible(log)) {
                ProducerSnapshots.complete(log);
                share(state, log);
            }
            return;
        }
        reconciler.reconcile(log, recovered, notRebuilt.get(recovered.id()));
        if (incarnation.isEmpty() || incarnation.getAsLong() != recovered.id().incarnation()) {
            IncarnationFile.write(log.dir(), recovered.id().incarnation());
        }
        synchronized (KafkaInternals.lock(log)) {
            shared.put(state.topicPartition(), state);
            state.share(recovered.id(), log.logEndOffsetMetadata(), firstInWal(recovered));
            state.checkpoint(log.logStartOffset(), log.logEndOffset());
            unopened.remove(recovered.id());
        }
        if (!isEligible(log)) {
            unshare(state, log);
        }
    }

    /** All of the log that no segment object holds is in this broker's WAL before the WAL says that it has the log. */
    private void adopt(SharedLog state, UnifiedLog log, TakenLog taken) throws IOException {
        RecoveredLog stored = taken.stored(random.nextLong());
        reconciler.adopt(log, stored, taken.end());
        IncarnationFile.writeUnsynced(log.dir(), stored.id().incarnation());
        synchronized (KafkaInternals.lock(log)) {
            shared.put(state.topicPartition(), state);
            // What was there before is durable in the other's WAL objects, whether it is in this WAL yet or not.
            state.share(stored.id(), log.logEndOffsetMetadata(), Long.MAX_VALUE);
            long block = state.checkpoint(log.logStartOffset(), log.logEndOffset());
            lastTaken.accumulateAndGet(block, Math::max);
        }
        fromOthers.forget(taken.id().topicId(), taken.id().partition());
        LOG.info(
                "{} came from another broker's WAL: offsets {} to {} are here, {} and above are in this WAL",
                log.topicPartition(),
                log.localLogStartOffset(),
                log.logEndOffset(),
                stored.endOffset());
        if (!isEligible(log)) {
            unshare(state, log);
        }
    }

    /** Its directory isn't to be taken for a log that is whole: the next start makes it anew. */
    private void refuse(TakenLog taken, String reason) {
        fromOthers.refused(
                taken.id().topicId(), taken.id().partition(), reason + ". Restart the broker, which makes it anew");
    }

    private static long firstInWal(RecoveredLog recovered) {
        return recovered.extents().isEmpty()
                ? Long.MAX_VALUE
                : recovered.extents().get(0).baseOffset();
    }

    /**
     * What the WAL holds of a log: of the incarnation that its directory names, else of whichever it holds of that
     * partition. The directory may be lost, or be a copy from before the log was shared again.
     */
    private @Nullable RecoveredLog find(File dir, OptionalLong incarnation, Optional<Uuid> topicId, int partition) {
        List<RecoveredLog> candidates = unopened.values().stream()
                .filter(log -> log.id().partition() == partition)
                .filter(log -> topicId.isEmpty() || log.id().topicId().equals(KafkaIds.toJava(topicId.get())))
                .toList();
        for (RecoveredLog log : candidates) {
            if (incarnation.isPresent() && log.id().incarnation() == incarnation.getAsLong()) {
                return log;
            }
        }
        if (candidates.isEmpty()
                || topicId.isEmpty()
                || SUFFIXED.matcher(dir.getName()).matches()) {
            return null;
        }
        if (candidates.size() > 1) {
            throw new KafkaStorageException("The WAL holds " + candidates.size() + " logs for " + dir
                    + ", which doesn't say which it is: restore the file " + IncarnationFile.NAME + " there");
        }
        return candidates.get(0);
    }

    private static boolean isLeaving(UnifiedLog log) {
        return LEAVING.matcher(log.dir().getName()).matches();
    }

    private boolean isEligible(UnifiedLog log) {
        return topicIdIfEligible(log).isPresent();
    }

    private Optional<Uuid> topicIdIfEligible(UnifiedLog log) {
        return SUFFIXED.matcher(log.dir().getName()).matches() ? Optional.empty() : policy.topicIdIfShared(log);
    }

    /** The topic's settings have changed, or its id became known. */
    public void configChanged(UnifiedLog log) {
        SharedLog state = of(log);
        if (state == null) {
            return;
        }
        boolean eligible = isEligible(log);
        if (state.isShared() == eligible) {
            if (eligible) {
                checkpoint(state, log);
            }
            return;
        }
        try {
            if (!eligible) {
                unshare(state, log);
            } else {
                share(state, log);
            }
        } catch (IOException e) {
            throw failed(log, "Sharing", e);
        }
    }

    /** Lets the WAL know whether a shared log is tiered now. */
    private static void checkpoint(SharedLog state, UnifiedLog log) {
        synchronized (KafkaInternals.lock(log)) {
            if (state.isShared()) {
                state.checkpoint(log.logStartOffset(), log.logEndOffset());
            }
        }
    }

    /** Makes the local files durable, then lets appends go to the WAL, unless another thread was faster. */
    private void share(SharedLog state, UnifiedLog log) throws IOException {
        flush(log);
        synchronized (KafkaInternals.lock(log)) {
            Optional<Uuid> topicId = topicIdIfEligible(log);
            if (state.isShared() || topicId.isEmpty()) {
                return;
            }
            if (!(log.activeSegment() instanceof WalLogSegment)) {
                throw new IOException("The active segment of " + log.topicPartition() + " is no WAL segment");
            }
            flush(log);
            LogId id = new LogId(
                    KafkaIds.toJava(topicId.get()), log.topicPartition().partition(), random.nextLong());
            IncarnationFile.write(log.dir(), id.incarnation());
            state.share(id, log.logEndOffsetMetadata(), Long.MAX_VALUE);
            shared.put(state.topicPartition(), state);
            state.checkpoint(log.logStartOffset(), log.logEndOffset());
        }
        appender.callBack(state);
        LOG.info("{} is shared from offset {} on", log.topicPartition(), log.logEndOffset());
    }

    private static void flush(UnifiedLog log) {
        if (log.size() > 0) {
            log.flush(true);
        }
    }

    /** Makes the local files durable, then lets the WAL forget the log, unless another thread was faster. */
    private void unshare(SharedLog state, UnifiedLog log) throws IOException {
        log.flush(true);
        synchronized (KafkaInternals.lock(log)) {
            if (!state.isShared() || isEligible(log)) {
                return;
            }
            log.flush(true);
            forget(state);
            IncarnationFile.delete(log.dir());
        }
        appender.callBack(state);
        LOG.info("{} isn't shared any more from offset {} on", log.topicPartition(), log.logEndOffset());
    }

    private void forget(SharedLog state) {
        LogId id = state.id();
        if (id != null) {
            state.unshare();
            shared.remove(state.topicPartition(), state);
            state.deleted(id);
        }
    }

    /** The log's directory has another name now. */
    public void renamed(UnifiedLog log) {
        SharedLog state = of(log);
        if (state == null) {
            return;
        }
        byDir.remove(state.dir().getAbsoluteFile(), state);
        state.dir(log.dir());
        if (isLeaving(log)) {
            synchronized (KafkaInternals.lock(log)) {
                forget(state);
            }
            return;
        }
        byDir.put(log.dir().getAbsoluteFile(), state);
        if (!state.isShared() && isEligible(log)) {
            try {
                share(state, log);
            } catch (IOException e) {
                throw failed(log, "Sharing", e);
            }
        }
    }

    /**
     * Kafka is about to remove records below {@code end}, all over the log. At the next start they are missing in the local
     * files, and are not to come back out of the WAL: up to there Kafka is to know that the files were flushed.
     */
    public void cleaning(UnifiedLog log, long end) {
        SharedLog state = of(log);
        if (state != null && state.isShared()) {
            log.flushUptoOffsetExclusive(end);
            recoveryPoints.run();
        }
    }

    /** Kafka's way of saying that a log directory failed. */
    static KafkaStorageException failed(UnifiedLog log, String what, IOException cause) {
        String message = what + " " + log.topicPartition() + " failed: " + cause.getMessage();
        log.logDirFailureChannel().maybeAddOfflineLogDir(log.parentDir(), message, cause);
        return new KafkaStorageException(message, cause);
    }

    /** The log's files are closed, all flushed or not. */
    public void closed(UnifiedLog log) {
        SharedLog state = of(log);
        if (state == null) {
            return;
        }
        byDir.remove(state.dir().getAbsoluteFile(), state);
        if (state.isShared() && log.recoveryPoint() < log.logEndOffset()) {
            pin();
            shared.remove(state.topicPartition(), state);
            LOG.error(
                    "{} was closed with records up to {} and flushed up to {} only: the WAL keeps the rest, and isn't "
                            + "trimmed until the broker has been restarted with {}",
                    log.topicPartition(),
                    log.logEndOffset(),
                    log.recoveryPoint(),
                    log.dir());
        }
    }

    private synchronized void pin() {
        pinnedPosition = Math.min(pinnedPosition, wal.trimPosition());
    }

    /** The log's start offset may have changed. */
    public void logStartChanged(UnifiedLog log) {
        SharedLog state = of(log);
        if (state != null && state.isShared()) {
            // Under the lock, so that starts are recorded in the order in which they came about.
            synchronized (KafkaInternals.lock(log)) {
                state.logStartChanged(log.logStartOffset());
            }
        }
    }

    /** The log is about to be truncated to {@code end}, or emptied to restart there. Under the log's lock. */
    public void truncating(LocalLog log, long end, boolean emptied) {
        SharedLog state = of(log);
        if (state != null) {
            state.truncating(truncation(emptied), end);
        }
    }

    /** The log was truncated, or emptied to restart at its end. Under the log's lock. */
    public void truncated(LocalLog log, boolean emptied) {
        SharedLog state = of(log);
        if (state != null) {
            state.truncated(truncation(emptied), log.logEndOffsetMetadata());
        }
    }

    private static RecordKind truncation(boolean emptied) {
        return emptied ? RecordKind.RESTART : RecordKind.TRUNCATE;
    }

    private @Nullable SharedLog of(LocalLog log) {
        return log.segments().activeSegment() instanceof WalLogSegment active
                ? active.sharedLog()
                : byDir.get(log.dir().getAbsoluteFile());
    }

    /** The partition whose leader the log is wants to know when more is durable. */
    public void leading(Partition partition, UnifiedLog leaderLog) {
        SharedLog state = of(leaderLog);
        if (state != null && state.isShared()) {
            state.leading(partition);
        }
    }

    /**
     * The partition is about to replace its log by the future one, which is flushed under its locks, if that has caught
     * up: flushes most of it before.
     */
    public void beforeSwap(Partition partition) {
        scala.Option<UnifiedLog> current = partition.log();
        scala.Option<UnifiedLog> future = partition.futureLog();
        if (current.isDefined()
                && future.isDefined()
                && policy.topicIdIfShared(future.get()).isPresent()
                && future.get().logEndOffset() >= current.get().logEndOffset()) {
            future.get().flush(true);
        }
    }

    /** The state of a log, or null for one that was opened without Aquifer. */
    public static @Nullable SharedLog of(UnifiedLog log) {
        return log instanceof SharedLogHolder holder ? holder.aquiferLog() : null;
    }
}
