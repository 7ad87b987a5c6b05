package io.aquifer.remote;

import io.aquifer.config.S3Config;
import io.aquifer.metrics.S3Metrics;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.StoreWait;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ReplicaNotAvailableException;
import org.apache.kafka.server.log.remote.storage.RemoteLogMetadataManager;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadataUpdate;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentState;
import org.apache.kafka.server.log.remote.storage.RemotePartitionDeleteMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteStorageException;
import org.jspecify.annotations.Nullable;

/**
 * The metadata manager (KIP-405) for segments that {@link S3RemoteStorageManager} keeps: the bucket itself says which there
 * are, without an internal topic. Its settings are those of the storage manager that say where the bucket is
 * and how to reach it.
 *
 * <p>What can't be answered yet, or has a hole where there must be a segment, is a {@link ReplicaNotAvailableException}, which
 * clients and Kafka's own tasks retry. An empty answer would have consumers start over. What can't be changed now is a {@link
 * org.apache.kafka.server.log.remote.storage.RetriableRemoteStorageException}. No {@link Error} leaves this: it would end the
 * tiering of its partition without a word.
 */
public final class S3RemoteLogMetadataManager implements RemoteLogMetadataManager {

    /** How long a question waits for the partition to be open. */
    private static final Duration OPENING_PATIENCE = Duration.ofMillis(100);

    /** In the folder that Kafka gives every metadata manager for what it keeps locally. */
    private static final String JOURNAL = "aquifer-metadata-deletions";

    private static final String LOG_DIR_CONFIG = "log.dir";

    private final Runnable classPathCheck;
    private final Function<S3Config, ObjectStore> opener;
    private final MetadataTimer timer;
    private volatile @Nullable MetadataPartitions partitions;

    /** For Kafka, which makes it by its name in {@code remote.log.metadata.manager.class.name}. */
    public S3RemoteLogMetadataManager() {
        this(
                BrokerClassPath.ofThisProcess()::requireWovenClasses,
                S3RemoteLogMetadataManager::open,
                new MetadataThread());
    }

    /** A client of the store that the settings name, once that was looked at. */
    static ObjectStore open(S3Config config) {
        return StoreCheck.checked(S3Metrics.open(config.store(), S3Metrics.METADATA), config);
    }

    /**
     * Over another store.
     *
     * @param classPathCheck throws when the broker doesn't run the classes that it should
     * @param opener opens the store, which is closed with this
     * @param timer closed with this
     */
    S3RemoteLogMetadataManager(Runnable classPathCheck, Function<S3Config, ObjectStore> opener, MetadataTimer timer) {
        this.classPathCheck = classPathCheck;
        this.opener = opener;
        this.timer = timer;
    }

    /**
     * Opens the store.
     *
     * @throws ConfigException if a setting is missing or contradicts another
     * @throws KafkaException if the Aquifer JAR comes after Kafka's, the journal of deletions in the broker's first log
     *     directory can't be used, or the store lacks something, which the message names
     */
    @Override
    public void configure(Map<String, ?> configs) {
        classPathCheck.run();
        S3Config config = S3StorageConfig.forMetadata(configs);
        DeletionJournal journal = journal(configs.get(LOG_DIR_CONFIG));
        Object broker = configs.get("broker.id");
        partitions = new MetadataPartitions(MetadataContext.of(
                opener.apply(config),
                config.keys(),
                broker == null ? -1 : Integer.parseInt(broker.toString()),
                config.getInt(S3Config.REQUESTS_IN_FLIGHT_CONFIG),
                journal,
                timer));
    }

    private static DeletionJournal journal(@Nullable Object logDir) {
        if (logDir == null) {
            throw new ConfigException(LOG_DIR_CONFIG, null, "is needed: Kafka passes its first log directory on");
        }
        Path path = Path.of(logDir.toString(), JOURNAL);
        try {
            return DeletionJournal.open(path);
        } catch (IOException e) {
            throw new KafkaException("The journal of deletions " + path + " can't be used: " + e.getMessage(), e);
        }
    }

    @Override
    public CompletableFuture<Void> addRemoteLogSegmentMetadata(RemoteLogSegmentMetadata metadata)
            throws RemoteStorageException {
        if (metadata.state() != RemoteLogSegmentState.COPY_SEGMENT_STARTED) {
            throw new IllegalArgumentException("A segment is added as " + RemoteLogSegmentState.COPY_SEGMENT_STARTED
                    + ", not as " + metadata.state() + ": " + metadata.remoteLogSegmentId());
        }
        return guarded(() -> partitions().get(metadata.topicIdPartition()).add(metadata));
    }

    @Override
    public CompletableFuture<Void> updateRemoteLogSegmentMetadata(RemoteLogSegmentMetadataUpdate update)
            throws RemoteStorageException {
        if (update.state() == RemoteLogSegmentState.COPY_SEGMENT_STARTED) {
            throw new IllegalArgumentException(
                    "No segment becomes " + update.state() + " later: " + update.remoteLogSegmentId());
        }
        return guarded(() -> partitions().get(update.topicIdPartition()).update(update));
    }

    @Override
    public Optional<RemoteLogSegmentMetadata> remoteLogSegmentMetadata(
            TopicIdPartition partition, int epochForOffset, long offset) throws RemoteStorageException {
        return guarded(() -> find(partition, epochForOffset, offset));
    }

    private Optional<RemoteLogSegmentMetadata> find(TopicIdPartition partition, int epochForOffset, long offset)
            throws RemoteStorageException {
        PartitionMetadata opened = opened(partition);
        Optional<RemoteLogSegmentMetadata> found = opened.ask(catalog -> catalog.find(epochForOffset, offset));
        if (found.isEmpty() && !opened.isLeader()) {
            refresh(opened, partition);
            found = opened.ask(catalog -> catalog.find(epochForOffset, offset));
        }
        if (found.isEmpty()) {
            refuseHole(opened, partition, epochForOffset, offset);
        }
        return found;
    }

    @Override
    public Optional<RemoteLogSegmentMetadata> nextSegmentWithTxnIndex(
            TopicIdPartition partition, int epoch, long offset) throws RemoteStorageException {
        return guarded(() -> {
            PartitionMetadata opened = opened(partition);
            opened.refreshIfOld();
            refuseHole(opened, partition, epoch, offset);
            return opened.ask(catalog -> catalog.nextWithAborted(epoch, offset));
        });
    }

    private static void refuseHole(PartitionMetadata opened, TopicIdPartition partition, int epoch, long offset) {
        if (opened.ask(catalog -> catalog.lacks(epoch, offset))) {
            throw new ReplicaNotAvailableException("No segment of " + partition + " is known that holds offset "
                    + offset + " of leader epoch " + epoch + ", though there are segments before and behind it");
        }
    }

    private static void refresh(PartitionMetadata opened, TopicIdPartition partition) {
        try {
            StoreWait.untilDone(opened.refresh());
        } catch (IOException e) {
            throw new ReplicaNotAvailableException("The remote metadata of " + partition + " can't be read again", e);
        }
    }

    @Override
    public Optional<Long> highestOffsetForEpoch(TopicIdPartition partition, int leaderEpoch)
            throws RemoteStorageException {
        return guarded(() -> {
            PartitionMetadata opened = opened(partition);
            opened.note(leaderEpoch);
            opened.refreshIfOld();
            return opened.ask(catalog -> catalog.highest(leaderEpoch));
        });
    }

    @Override
    public CompletableFuture<Void> putRemotePartitionDeleteMetadata(RemotePartitionDeleteMetadata metadata)
            throws RemoteStorageException {
        return guarded(() -> partitions().delete(metadata.topicIdPartition(), metadata.state()));
    }

    @Override
    public Iterator<RemoteLogSegmentMetadata> listRemoteLogSegments(TopicIdPartition partition)
            throws RemoteStorageException {
        return list(partition, SegmentCatalog::list);
    }

    @Override
    public Iterator<RemoteLogSegmentMetadata> listRemoteLogSegments(TopicIdPartition partition, int leaderEpoch)
            throws RemoteStorageException {
        return list(partition, catalog -> catalog.list(leaderEpoch));
    }

    private Iterator<RemoteLogSegmentMetadata> list(
            TopicIdPartition partition, Function<SegmentCatalog, List<RemoteLogSegmentMetadata>> which)
            throws RemoteStorageException {
        return guarded(() -> {
            PartitionMetadata opened = opened(partition);
            opened.refreshIfOld();
            return opened.ask(which).iterator();
        });
    }

    /** Begins to open the partitions, and returns at once. */
    @Override
    public void onPartitionLeadershipChanges(Set<TopicIdPartition> leaders, Set<TopicIdPartition> followers) {
        noting(() -> {
            leaders.forEach(partition -> partitions().become(partition, true));
            followers.forEach(partition -> partitions().become(partition, false));
        });
    }

    /**
     * Forgets the partitions. Kafka calls this too when it has deleted a topic, and its segments before: what this leader leaves
     * behind without any segment has its snapshots removed in the background. Should the partition live on elsewhere, that
     * does no harm, for there is nothing that its next leader would have to learn from them.
     */
    @Override
    public void onStopPartitions(Set<TopicIdPartition> stopped) {
        noting(() -> stopped.forEach(partition -> partitions().leave(partition)));
    }

    @Override
    public long remoteLogSize(TopicIdPartition partition, int leaderEpoch) throws RemoteStorageException {
        return guarded(() -> opened(partition)
                .ask(catalog -> catalog.list(leaderEpoch).stream()
                        .mapToLong(RemoteLogSegmentMetadata::segmentSizeInBytes)
                        .sum()));
    }

    /** Whether all that the bucket held of the partition, when Kafka last assigned it to this broker, is known. */
    @Override
    public boolean isReady(TopicIdPartition partition) {
        try {
            return partitions().find(partition).map(PartitionMetadata::isOpen).orElse(false);
        } catch (Error e) {
            throw unnoted(e);
        }
    }

    @FunctionalInterface
    private interface Answer<T> {
        T get() throws RemoteStorageException;
    }

    private static <T> T guarded(Answer<T> answer) throws RemoteStorageException {
        try {
            return answer.get();
        } catch (Error e) {
            throw StorageFailures.of("The remote metadata can't be used", e);
        }
    }

    private static void noting(Runnable change) {
        try {
            change.run();
        } catch (Error e) {
            throw unnoted(e);
        }
    }

    private static KafkaException unnoted(Error e) {
        return new KafkaException("The remote metadata can't be used: " + e, e);
    }

    private PartitionMetadata opened(TopicIdPartition partition) throws RemoteStorageException {
        PartitionMetadata metadata = partitions().get(partition);
        metadata.await(OPENING_PATIENCE);
        return metadata;
    }

    private MetadataPartitions partitions() {
        return Objects.requireNonNull(partitions, "not configured, or closed");
    }

    /** Ends what is in progress. */
    @Override
    public void close() throws IOException {
        MetadataPartitions open = partitions;
        partitions = null;
        timer.close();
        if (open != null) {
            open.close();
        }
    }
}
