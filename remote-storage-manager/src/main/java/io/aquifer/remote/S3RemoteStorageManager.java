package io.aquifer.remote;

import io.aquifer.config.S3Config;
import io.aquifer.format.SegmentPart;
import io.aquifer.metrics.S3Metrics;
import io.aquifer.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.server.log.remote.storage.LogSegmentData;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata.CustomMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteStorageException;
import org.apache.kafka.server.log.remote.storage.RemoteStorageManager;
import org.jspecify.annotations.Nullable;

/**
 * The storage manager (KIP-405) that keeps each segment as one object in S3.
 *
 * <p>What goes wrong is a {@link RemoteStorageException}, and one that Kafka retries where trouble passes by itself. No
 * {@link Error} leaves it. A stream that it gave away ends where the data ends and fails where it can't be read, for Kafka
 * takes an early end for the end of the segment. Interrupting a thread that waits in it ends the wait, and leaves the
 * thread's interrupted status set.
 *
 * <p>Deleting is a promise, noted on the local disk and kept in the background, because Kafka deletes all segments of a topic
 * one by one under its replica manager's lock. From then on the segment counts as absent.
 */
public final class S3RemoteStorageManager implements RemoteStorageManager {

    private final Runnable classPathCheck;
    private final Function<S3Config, ObjectStore> opener;
    private volatile @Nullable SegmentStorage storage;

    /** For Kafka, which makes it by its name in {@code remote.log.storage.manager.class.name}. */
    public S3RemoteStorageManager() {
        this(BrokerClassPath.ofThisProcess()::requireWovenClasses, S3RemoteStorageManager::open);
    }

    /** A client of the store that the settings name, once that was looked at. */
    static ObjectStore open(S3Config config) {
        return StoreCheck.checked(S3Metrics.open(config.store(), S3Metrics.STORAGE), config);
    }

    /**
     * Over another store.
     *
     * @param classPathCheck throws when the broker doesn't run the classes that it should
     * @param opener opens the store, which is closed with this
     */
    S3RemoteStorageManager(Runnable classPathCheck, Function<S3Config, ObjectStore> opener) {
        this.classPathCheck = classPathCheck;
        this.opener = opener;
    }

    /**
     * Opens the store.
     *
     * @throws org.apache.kafka.common.config.ConfigException if a setting is missing or contradicts another
     * @throws KafkaException if the Aquifer JAR comes after Kafka's, the journal of deletions can't be used,
     *     or the store lacks something, which the message names
     */
    @Override
    public void configure(Map<String, ?> configs) {
        classPathCheck.run();
        S3StorageConfig config = S3StorageConfig.of(configs);
        ObjectStore store = opener.apply(config);
        try {
            storage = SegmentStorage.open(config, store);
        } catch (IOException e) {
            store.close();
            throw new KafkaException(
                    "The journal of deletions can't be used: " + e.getMessage() + ". Set rsm.config."
                            + S3StorageConfig.DELETIONS_PATH_CONFIG + " to a file that the broker may write",
                    e);
        }
    }

    @Override
    public Optional<CustomMetadata> copyLogSegmentData(RemoteLogSegmentMetadata metadata, LogSegmentData data)
            throws RemoteStorageException {
        try {
            return Optional.of(storage().copy(metadata, data));
        } catch (Throwable e) {
            throw StorageFailures.of("Can't copy " + metadata.remoteLogSegmentId(), e);
        }
    }

    @Override
    public InputStream fetchLogSegment(RemoteLogSegmentMetadata metadata, int startPosition)
            throws RemoteStorageException {
        return fetchLogSegment(metadata, startPosition, Integer.MAX_VALUE);
    }

    @Override
    public InputStream fetchLogSegment(RemoteLogSegmentMetadata metadata, int startPosition, int endPosition)
            throws RemoteStorageException {
        try {
            return new GuardedInputStream(
                    storage().data(metadata, startPosition, endPosition), "segment " + metadata.remoteLogSegmentId());
        } catch (Throwable e) {
            throw StorageFailures.of("Can't read " + metadata.remoteLogSegmentId(), e);
        }
    }

    @Override
    public InputStream fetchIndex(RemoteLogSegmentMetadata metadata, IndexType indexType)
            throws RemoteStorageException {
        try {
            return storage().part(metadata, part(indexType));
        } catch (Throwable e) {
            throw StorageFailures.of("Can't read " + indexType + " of " + metadata.remoteLogSegmentId(), e);
        }
    }

    private static SegmentPart part(IndexType type) {
        return switch (type) {
            case OFFSET -> SegmentPart.OFFSET_INDEX;
            case TIMESTAMP -> SegmentPart.TIME_INDEX;
            case PRODUCER_SNAPSHOT -> SegmentPart.PRODUCER_SNAPSHOT;
            case TRANSACTION -> SegmentPart.TRANSACTION_INDEX;
            case LEADER_EPOCH -> SegmentPart.LEADER_EPOCHS;
        };
    }

    @Override
    public void deleteLogSegmentData(RemoteLogSegmentMetadata metadata) throws RemoteStorageException {
        try {
            storage().delete(metadata);
        } catch (Throwable e) {
            throw StorageFailures.of("Can't delete " + metadata.remoteLogSegmentId(), e);
        }
    }

    private SegmentStorage storage() {
        return Objects.requireNonNull(storage, "not configured, or closed");
    }

    /** Ends what is in progress. Segments whose deletion was promised and not done are deleted after the next start. */
    @Override
    public void close() throws IOException {
        SegmentStorage open = storage;
        storage = null;
        if (open != null) {
            open.close();
        }
    }
}
