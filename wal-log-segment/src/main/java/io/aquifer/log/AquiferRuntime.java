package io.aquifer.log;

import io.aquifer.controller.BrokerControllers;
import io.aquifer.format.ClusterKeys;
import io.aquifer.garbage.BrokerCollector;
import io.aquifer.garbage.GarbageCollection;
import io.aquifer.metrics.S3Metrics;
import io.aquifer.object.ObjectStore;
import io.aquifer.rebuild.CompositeRewriting;
import io.aquifer.rebuild.DirectoryAssignments;
import io.aquifer.rebuild.LogDirectories;
import io.aquifer.rebuild.LostWal;
import io.aquifer.rebuild.RebuildProgress;
import io.aquifer.rebuild.Rebuilding;
import io.aquifer.rebuild.Rebuilt;
import io.aquifer.rebuild.TakeoverStaging;
import io.aquifer.takeover.BrokerDrain;
import io.aquifer.takeover.BrokerTakeovers;
import io.aquifer.takeover.ReturningWal;
import io.aquifer.wal.DirectoryIds;
import io.aquifer.wal.Wal;
import io.aquifer.wal.WalContinuation;
import io.aquifer.wal.WalOwner;
import io.aquifer.wal.append.Custodian;
import io.aquifer.wal.append.WriteAheadLog;
import io.aquifer.wal.device.AlignedMemory;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.device.BlockDevices;
import io.aquifer.wal.device.JnaNativeIo;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.layout.WalFormatException;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import kafka.cluster.Partition;
import kafka.server.KafkaConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.metadata.PartitionRegistration;
import org.apache.kafka.server.ControllerInformation;
import org.apache.kafka.server.log.remote.storage.RemoteLogManagerConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything of Aquifer that runs inside a broker, from the opening of the WAL to its close. */
public final class AquiferRuntime {

    private static final Logger LOG = LoggerFactory.getLogger(AquiferRuntime.class);
    private static final Duration ASSIGNMENT_PATIENCE = Duration.ofSeconds(30);

    private final Wal wal;
    private final WalMetrics metrics;
    private final DurableCallbacks callbacks;
    private final SharedLogs logs;
    private final DeviceAcks acks;
    private final AppendGate gate;
    private final LocalTrimmer trimmer;
    private final LogDirFailureChannel failures;
    private final @Nullable WalUpload upload;
    private final @Nullable CompositeRewriting rewriting;
    private final @Nullable SegmentRoller roller;
    private final @Nullable ReplicaSeeding seeding;
    private final @Nullable SeedingMetrics seedingMetrics;
    private final @Nullable BrokerMirror mirror;
    private @Nullable DirectoryAssignments assignments;
    private @Nullable BrokerControllers controllers;
    private @Nullable GarbageCollection garbage;
    private @Nullable RebuildMetrics rebuildMetrics;
    private @Nullable BrokerTakeovers takeovers;
    private @Nullable TakeoverMetrics takeoverMetrics;
    private @Nullable BrokerDrain drain;

    private AquiferRuntime(
            Wal wal,
            @Nullable WalUpload upload,
            @Nullable WalBucket bucket,
            AquiferConfig config,
            SharingPolicy policy,
            WalMetrics metrics,
            LogDirFailureChannel failures) {
        this.wal = wal;
        this.upload = upload;
        this.metrics = metrics;
        this.failures = failures;
        this.callbacks = new DurableCallbacks();
        WalAppender appender = new WalAppender(wal.log(), config.appendTimeout(), callbacks, metrics);
        LogReconciler reconciler = new LogReconciler(wal.device(), wal.log().superblock(), appender);
        this.logs = new SharedLogs(wal.log(), appender, reconciler, wal.index(), policy);
        this.acks = new DeviceAcks(logs);
        this.gate = new AppendGate(logs, appender);
        this.trimmer = upload == null
                ? new LocalTrimmer(wal.log(), logs, config.trimInterval())
                : new LocalTrimmer(wal.log(), logs, upload::uploaded, config.trimInterval());
        this.rewriting = bucket == null
                ? null
                : new CompositeRewriting(
                        bucket.store(),
                        () -> bucket.background().apply(S3Metrics.REWRITING),
                        bucket.keys(),
                        logs::sharedIds,
                        config.rewriteInterval());
        this.roller =
                bucket == null ? null : new SegmentRoller(logs::shared, config.segmentRollAge(), System::nanoTime);
        this.seeding = bucket == null ? null : new ReplicaSeeding(System::nanoTime);
        this.seedingMetrics = seeding == null ? null : new SeedingMetrics(seeding);
        this.mirror = bucket == null || upload == null
                ? null
                : new BrokerMirror(
                        bucket,
                        wal.log().superblock().nodeId(),
                        upload::uploaded,
                        logs::mirrored,
                        config.mirrorInterval());
        metrics.observe(wal.log(), this::durableLag, () -> logs.shared().size());
        wal.log().onFailure(this::walFailed);
    }

    /**
     * Starts with the settings in server.properties.
     *
     * @param metadata the broker's newest image of the cluster's metadata
     * @throws ConfigException with one message that names the setting, what was found and what to write instead
     * @throws IOException if the WAL can't be used
     */
    public static AquiferRuntime start(
            KafkaConfig kafka, Supplier<MetadataImage> metadata, LogDirFailureChannel failures) throws IOException {
        AquiferConfig config = AquiferConfig.of(kafka.originals());
        if (!kafka.remoteLogManagerConfig().isRemoteStorageSystemEnabled()) {
            throw new ConfigException(AquiferConfig.WAL_PATH_CONFIG + "=" + config.walPath() + " is set, but "
                    + RemoteLogManagerConfig.REMOTE_LOG_STORAGE_SYSTEM_ENABLE_PROP
                    + " is false: no topic can be shared, "
                    + "and the log start of those that are would jump. Set it to true, on the controllers too, or remove "
                    + "all settings that begin with " + AquiferConfig.PREFIX);
        }
        BrokerIdentity broker = BrokerIdentity.of(kafka);
        WalBucket bucket = WalBucket.of(
                kafka.remoteLogManagerConfig(),
                kafka.originals(),
                broker.owner().clusterId());
        SharingPolicy policy = SharingPolicy.topics(
                config.topics(), config.internalTopics().orElse(bucket != null), config.untieredTopics());
        LogDirectories directories = LogDirectories.look(broker.directories());
        boolean opened = false;
        try {
            BlockDevice device =
                    new BlockDevices(new JnaNativeIo()).openForWriting(config.walPath(), config.deviceSync());
            opened = true;
            if (bucket != null) {
                awaitOwnership(config, bucket, broker, device);
            }
            DirectoryIds ids = (known, index) -> directories.idsToKeep(known, index.logs());
            AquiferRuntime runtime = start(config, policy, device, bucket, broker.owner(), ids, failures);
            runtime.assignments = new DirectoryAssignments(
                    metadata, broker.owner().nodeId(), broker.directories().values());
            if (bucket != null) {
                BrokerControllers controllers = new BrokerControllers(kafka);
                runtime.controllers = controllers;
                TakeoverStaging staging = new TakeoverStaging(
                        bucket.store(),
                        bucket.keys(),
                        kafka.brokerId(),
                        kafka.logSegmentBytes(),
                        List.copyOf(broker.directories().keySet()),
                        new JnaNativeIo());
                BrokerTakeovers takeovers = new BrokerTakeovers(
                        bucket.store(),
                        bucket.keys(),
                        kafka.brokerId(),
                        config.takeover(),
                        metadata,
                        controllers.channel("aquifer-takeover"),
                        new BlockDevices(new JnaNativeIo()),
                        staging,
                        runtime.logs.fromOthers(),
                        runtime.logs::has,
                        runtime.logs::awaitTaken,
                        System::nanoTime);
                runtime.takeovers = takeovers;
                runtime.drain = config.drainTimeout()
                        .map(timeout -> new BrokerDrain(
                                kafka.brokerId(),
                                metadata,
                                controllers.channel("aquifer-drain"),
                                timeout,
                                System::nanoTime))
                        .orElse(null);
                runtime.takeoverMetrics = new TakeoverMetrics(takeovers, runtime.logs.fromOthers());
                runtime.prepareDirectoriesOrClose(bucket, directories, kafka.logSegmentBytes(), staging, takeovers);
                runtime.garbage = new BrokerCollector(kafka, metadata, controllers)
                        .collection(bucket.store(), bucket.keys(), config.garbageInterval(), config.garbageMinAge());
            }
            return runtime;
        } finally {
            if (!opened && bucket != null) {
                bucket.store().close();
            }
        }
    }

    /** A WAL that was taken over isn't opened before its partitions are with their new owners. */
    private static void awaitOwnership(
            AquiferConfig config, WalBucket bucket, BrokerIdentity broker, BlockDevice device) throws IOException {
        boolean awaited = false;
        try {
            new ReturningWal(bucket.store(), bucket.keys(), broker.owner()).await(device);
            awaited = true;
        } catch (WalFormatException e) {
            // The opening says what is wrong with the device.
            awaited = true;
        } catch (IOException e) {
            if (config.isFencedByTime()) {
                throw e;
            }
            awaited = true;
            LOG.warn(
                    "Whether the WAL on {} was taken over can't be seen now. It wasn't, if the device was never detached"
                            + " from this broker: {}",
                    device.path(),
                    e.getMessage());
        } finally {
            if (!awaited) {
                device.close();
            }
        }
    }

    private void prepareDirectoriesOrClose(
            WalBucket bucket,
            LogDirectories directories,
            int segmentBytes,
            TakeoverStaging staging,
            BrokerTakeovers takeovers)
            throws IOException {
        boolean prepared = false;
        try {
            int rebuilt = rebuild(bucket.store(), bucket.keys(), directories, segmentBytes);
            if (rebuilt > 0
                    || staging.isMarked()
                    || WalContinuation.isEmpty(wal.log().superblock(), wal.recovery())) {
                takeovers.takeUp();
            }
            prepared = true;
        } finally {
            if (!prepared) {
                close();
            }
        }
    }

    /** As below, without S3. */
    public static AquiferRuntime start(
            AquiferConfig config,
            SharingPolicy policy,
            BlockDevice device,
            WalOwner owner,
            List<UUID> directoryIds,
            LogDirFailureChannel failures)
            throws IOException {
        return start(config, policy, device, null, owner, DirectoryIds.of(directoryIds), failures);
    }

    /**
     * Recovers the WAL on {@code device} and starts.
     *
     * @param policy decides which logs are shared
     * @param device taken over: closed with the runtime, or if this throws
     * @param bucket that the WAL goes to, or null if it stays on its device; taken over as well
     * @param directoryIds which ids of log directories the WAL keeps
     * @param failures told of the directories of shared logs if the WAL fails
     * @throws IOException if the WAL can't be used, with a message for the operator
     */
    static AquiferRuntime start(
            AquiferConfig config,
            SharingPolicy policy,
            BlockDevice device,
            @Nullable WalBucket bucket,
            WalOwner owner,
            DirectoryIds directoryIds,
            LogDirFailureChannel failures)
            throws IOException {
        WalUpload upload = bucket == null ? null : new WalUpload(bucket, config);
        WalMetrics metrics = new WalMetrics();
        AlignedMemory memory = AlignedMemory.system();
        Wal opened = null;
        boolean started = false;
        try {
            Custodian custodian = upload == null ? Custodian.NONE : upload.custodian();
            Wal wal = Wal.open(device, memory, owner, directoryIds, config.walSettings(), metrics, custodian);
            opened = wal;
            if (bucket != null && WalContinuation.isEmpty(wal.log().superblock(), wal.recovery())) {
                LostWal.requireNone(
                        bucket.store(),
                        bucket.keys(),
                        owner.nodeId(),
                        device.path(),
                        wal.log().superblock().epoch());
            }
            AquiferRuntime runtime = new AquiferRuntime(wal, upload, bucket, config, policy, metrics, failures);
            if (upload != null) {
                upload.start(wal, metrics);
            }
            LOG.info(
                    "Opened the WAL on {} in epoch {}: {} blocks with {} records from position {} to {}, where it ends "
                            + "because of {}",
                    device.path(),
                    wal.log().superblock().epoch(),
                    wal.recovery().blocks(),
                    wal.recovery().records(),
                    wal.log().trimPosition(),
                    wal.recovery().end(),
                    wal.recovery().stopReason());
            started = true;
            return runtime;
        } finally {
            if (!started) {
                if (upload != null) {
                    upload.close();
                }
                metrics.close();
                if (opened == null) {
                    memory.close();
                    device.close();
                } else {
                    opened.close();
                }
            }
        }
    }

    private long durableLag() {
        long lag = 0;
        for (SharedLog log : logs.shared()) {
            UnifiedLog opened = log.log();
            if (opened != null) {
                lag += Math.max(0, opened.logEndOffset() - log.durableEnd().messageOffset);
            }
        }
        return lag;
    }

    private void walFailed(IOException cause) {
        LOG.error(
                "The WAL on {} has failed: nothing is acknowledged any more",
                wal.device().path(),
                cause);
        Set<String> dirs = new LinkedHashSet<>();
        logs.shared().forEach(log -> dirs.add(log.dir().getAbsoluteFile().getParent()));
        dirs.forEach(dir -> failures.maybeAddOfflineLogDir(
                dir,
                "The write-ahead log of the shared topics in " + dir + " has failed: " + cause.getMessage(),
                cause));
    }

    /**
     * Makes the directories of lost and of stale logs anew from what the bucket holds. Before Kafka looks at the log directories.
     *
     * @param segmentBytes how long a segment gets
     * @return how many logs were rebuilt
     * @throws IOException if the bucket or the disk fails
     */
    public int rebuild(ObjectStore store, ClusterKeys keys, LogDirectories directories, int segmentBytes)
            throws IOException {
        Superblock superblock = wal.log().superblock();
        RebuildProgress progress = new RebuildProgress(System::nanoTime);
        rebuildMetrics = new RebuildMetrics(progress);
        Rebuilt rebuilt = new Rebuilding(
                        store, keys, superblock.nodeId(), superblock.walId(), segmentBytes, new JnaNativeIo(), progress)
                .run(wal.index().logs(), directories, superblock.directoryIds());
        logs.rebuilt(rebuilt);
        return rebuilt.directories().size();
    }

    /**
     * Every log found on disk is open.
     *
     * @param recoveryPoints writes down durably up to where the local files of all logs are flushed
     * @param preferredLogDir tells Kafka in which log directory a log is to be made
     * @throws IOException if what this broker is to get from others can't be made ready
     */
    public void loaded(Runnable recoveryPoints, BiConsumer<TopicPartition, File> preferredLogDir) throws IOException {
        logs.loaded(recoveryPoints);
        if (takeovers != null) {
            takeovers.start(preferredLogDir);
        }
        trimmer.start();
        if (rewriting != null) {
            rewriting.start();
        }
        if (roller != null) {
            roller.start();
        }
        if (mirror != null) {
            mirror.start();
        }
        if (garbage != null) {
            garbage.start();
        }
    }

    /** The broker has its first metadata, and is about to ask for its place in the cluster. */
    public void beforeUnfencing() {
        if (assignments != null) {
            assignments.await(logs.sharedIds(), ASSIGNMENT_PATIENCE);
        }
    }

    /** The replicas of a partition that this broker leads may have changed. */
    public void replicasChanged(Partition partition, PartitionRegistration registration) {
        if (seeding != null) {
            seeding.replicasChanged(partition, registration);
        }
    }

    /** The broker is asked to end, and still does everything. */
    public void beforeShutdown() {
        if (drain != null) {
            drain.run();
        }
    }

    /** How the active controller is found. */
    public void controllers(Supplier<ControllerInformation> finding) {
        if (controllers != null) {
            controllers.found(finding);
        }
    }

    /** Every log is flushed and closed: ends in good order. */
    public void stop() {
        if (takeovers != null) {
            takeovers.close();
        }
        if (garbage != null) {
            garbage.close();
        }
        try {
            trimmer.stop();
            if (rewriting != null) {
                rewriting.stop();
            }
            if (roller != null) {
                roller.stop();
            }
            if (seeding != null) {
                seeding.stop();
            }
            if (mirror != null) {
                mirror.stop();
            }
            if (upload != null) {
                upload.finish();
            }
            if (wal.log().failure() == null) {
                trimmer.trim(true);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | KafkaStorageException e) {
            LOG.error("The WAL wasn't trimmed at the end; its records are replayed at the next start", e);
        } finally {
            close();
        }
    }

    private void close() {
        if (mirror != null) {
            mirror.close();
        }
        if (upload != null) {
            upload.close();
        }
        try {
            wal.close();
        } catch (IOException e) {
            LOG.error("Closing the WAL on {} failed", wal.device().path(), e);
        }
        callbacks.close();
        metrics.close();
        if (rebuildMetrics != null) {
            rebuildMetrics.close();
        }
        if (takeoverMetrics != null) {
            takeoverMetrics.close();
        }
        if (seedingMetrics != null) {
            seedingMetrics.close();
        }
        if (drain != null) {
            drain.close();
        }
    }

    public SharedLogs logs() {
        return logs;
    }

    public AppendGate gate() {
        return gate;
    }

    public DeviceAcks acks() {
        return acks;
    }

    /** The WAL itself, for whoever has to wait for it. */
    public WriteAheadLog wal() {
        return wal.log();
    }
}
