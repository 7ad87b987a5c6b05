package io.aquifer.remote;

import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.server.log.remote.storage.LogSegmentData;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata.CustomMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteResourceNotFoundException;
import org.apache.kafka.server.log.remote.storage.RemoteStorageException;
import org.apache.kafka.server.log.remote.storage.RemoteStorageManager;

/**
 * The storage manager (KIP-405) of a broker without S3: nothing is ever tiered.
 *
 * <p>Kafka lets a topic have {@code remote.storage.enable=true}, which is what makes it shared, only where a storage
 * manager is configured. With {@code remote.log.copy.disable=true} Kafka then keeps and expires the topic's segments as
 * those of any other topic. Without that setting it tries to copy them: each try is refused and changes nothing, and
 * segments stay on the local disk beyond their retention, for Kafka deletes only what was copied.
 */
public final class LocalRemoteStorageManager implements RemoteStorageManager {

    static final String NOT_CONFIGURED = "S3 is not configured, so no segment can be copied to it. Create shared topics"
            + " with remote.log.copy.disable=true, or set it on this topic with kafka-configs.sh --alter --entity-type"
            + " topics --add-config remote.log.copy.disable=true, until it is";

    private final BrokerClassPath classPath;

    /** For Kafka, which makes it by its name in {@code remote.log.storage.manager.class.name}. */
    public LocalRemoteStorageManager() {
        this(BrokerClassPath.ofThisProcess());
    }

    LocalRemoteStorageManager(BrokerClassPath classPath) {
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
    public Optional<CustomMetadata> copyLogSegmentData(RemoteLogSegmentMetadata metadata, LogSegmentData data)
            throws RemoteStorageException {
        throw new RemoteStorageException(NOT_CONFIGURED + ". Not copied: " + metadata.remoteLogSegmentId());
    }

    @Override
    public InputStream fetchLogSegment(RemoteLogSegmentMetadata metadata, int startPosition)
            throws RemoteStorageException {
        throw nothingHere(metadata);
    }

    @Override
    public InputStream fetchLogSegment(RemoteLogSegmentMetadata metadata, int startPosition, int endPosition)
            throws RemoteStorageException {
        throw nothingHere(metadata);
    }

    @Override
    public InputStream fetchIndex(RemoteLogSegmentMetadata metadata, IndexType indexType)
            throws RemoteStorageException {
        throw nothingHere(metadata);
    }

    private static RemoteResourceNotFoundException nothingHere(RemoteLogSegmentMetadata metadata) {
        return new RemoteResourceNotFoundException("S3 is not configured, so nothing of "
                + metadata.remoteLogSegmentId() + " can be read: configure the storage that it was copied to");
    }

    /** Has nothing to delete. */
    @Override
    public void deleteLogSegmentData(RemoteLogSegmentMetadata metadata) {}

    @Override
    public void close() {}
}
