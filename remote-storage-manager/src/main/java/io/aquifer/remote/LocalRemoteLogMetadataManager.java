package io.aquifer.remote;

import static org.apache.kafka.server.log.remote.storage.RemoteLogSegmentState.COPY_SEGMENT_FINISHED;
import static org.apache.kafka.server.log.remote.storage.RemoteLogSegmentState.COPY_SEGMENT_STARTED;

import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.server.log.remote.storage.RemoteLogMetadataManager;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadataUpdate;
import org.apache.kafka.server.log.remote.storage.RemotePartitionDeleteMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteResourceNotFoundException;
import org.apache.kafka.server.log.remote.storage.RemoteStorageException;

/**
 * The metadata manager (KIP-405) of a broker without S3: there are no remote segments, and it says so at once, without
 * the internal topic that Kafka's default manager needs.
 *
 * <p>A segment's copy is refused where it begins, so that nothing half-copied has to be cleaned up. What Kafka deletes
 * is gone already, however often it asks.
 */
public final class LocalRemoteLogMetadataManager implements RemoteLogMetadataManager {

    private final BrokerClassPath classPath;

    /** For Kafka, which makes it by its name in {@code remote.log.metadata.manager.class.name}. */
    public LocalRemoteLogMetadataManager() {
        this(BrokerClassPath.ofThisProcess());
    }

    LocalRemoteLogMetadataManager(BrokerClassPath classPath) {
        this.classPath = classPath;
    }

    /**
     * Refuses to let the broker start where it would run without the woven classes.
     *
     * @throws org.apache.kafka.common.KafkaException if the Aquifer JAR comes after Kafka's
     */
    @Override
    public void configure(Map<String, ?> configs) {
        classPath.requireWovenClasses();
    }

    @Override
    public CompletableFuture<Void> addRemoteLogSegmentMetadata(RemoteLogSegmentMetadata metadata)
            throws RemoteStorageException {
        if (metadata.state() != COPY_SEGMENT_STARTED) {
            throw new IllegalArgumentException("A segment is added as " + COPY_SEGMENT_STARTED + ", not as "
                    + metadata.state() + ": " + metadata.remoteLogSegmentId());
        }
        throw new RemoteStorageException(
                LocalRemoteStorageManager.NOT_CONFIGURED + ". Not copied: " + metadata.remoteLogSegmentId());
    }

    @Override
    public CompletableFuture<Void> updateRemoteLogSegmentMetadata(RemoteLogSegmentMetadataUpdate update)
            throws RemoteStorageException {
        if (update.state() == COPY_SEGMENT_STARTED) {
            throw new IllegalArgumentException(
                    "No segment becomes " + COPY_SEGMENT_STARTED + " later: " + update.remoteLogSegmentId());
        }
        if (update.state() == COPY_SEGMENT_FINISHED) {
            throw new RemoteResourceNotFoundException("No copy of " + update.remoteLogSegmentId()
                    + " was begun, so none can be finished: S3 is not configured");
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public Optional<RemoteLogSegmentMetadata> remoteLogSegmentMetadata(
            TopicIdPartition partition, int epochForOffset, long offset) {
        return Optional.empty();
    }

    @Override
    public Optional<Long> highestOffsetForEpoch(TopicIdPartition partition, int leaderEpoch) {
        return Optional.empty();
    }

    @Override
    public CompletableFuture<Void> putRemotePartitionDeleteMetadata(RemotePartitionDeleteMetadata metadata) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public Iterator<RemoteLogSegmentMetadata> listRemoteLogSegments(TopicIdPartition partition) {
        return Collections.emptyIterator();
    }

    @Override
    public Iterator<RemoteLogSegmentMetadata> listRemoteLogSegments(TopicIdPartition partition, int leaderEpoch) {
        return Collections.emptyIterator();
    }

    @Override
    public void onPartitionLeadershipChanges(Set<TopicIdPartition> leaders, Set<TopicIdPartition> followers) {}

    @Override
    public void onStopPartitions(Set<TopicIdPartition> partitions) {}

    @Override
    public long remoteLogSize(TopicIdPartition partition, int leaderEpoch) {
        return 0;
    }

    @Override
    public boolean isReady(TopicIdPartition partition) {
        return true;
    }

    @Override
    public void close() {}
}
