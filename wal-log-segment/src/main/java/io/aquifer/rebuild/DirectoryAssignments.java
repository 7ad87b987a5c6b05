package io.aquifer.rebuild;

import io.aquifer.wal.layout.LogId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.kafka.common.DirectoryId;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.metadata.PartitionRegistration;
import org.apache.kafka.metadata.Replicas;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a starting broker back until the controllers know in which of its log directories its logs are.
 *
 * <p>A replica may lead only while the directory that the controllers have of it is online. A log that was rebuilt in place of a
 * directory that is gone for good is in another one. Kafka tells them so, but doesn't wait for the answer: where it is unfenced
 * first, the partition gets no leader, and none afterwards either, until the broker is fenced once more.
 */
public final class DirectoryAssignments {

    private static final Logger LOG = LoggerFactory.getLogger(DirectoryAssignments.class);

    private final Supplier<MetadataImage> metadata;
    private final int nodeId;
    private final List<Uuid> directories;

    /**
     * @param metadata the broker's newest image of it
     * @param directories ids of the broker's log directories
     */
    public DirectoryAssignments(Supplier<MetadataImage> metadata, int nodeId, Collection<UUID> directories) {
        this.metadata = metadata;
        this.nodeId = nodeId;
        this.directories = directories.stream().map(KafkaIds::toKafka).sorted().toList();
    }

    /**
     * Waits until the controllers have each log in one of the broker's directories. Where that takes too long, the broker's log
     * says for which they haven't, and the broker goes on.
     *
     * @param logs that the broker has; one that by the metadata isn't its own is passed over
     * @param patience how long is waited at most
     */
    public void await(Collection<LogId> logs, Duration patience) {
        MetadataImage newest =
                MetadataWait.until(image -> elsewhere(image, logs).isEmpty(), metadata, patience);
        List<LogId> elsewhere = elsewhere(newest, logs);
        if (!elsewhere.isEmpty() && !Thread.currentThread().isInterrupted()) {
            LOG.error(
                    "For {} ms the controllers haven't confirmed in which log directories {} logs are: {}. They may stay"
                            + " without a leader. See in this broker's log why it doesn't reach the controllers, and"
                            + " restart it then",
                    patience.toMillis(),
                    elsewhere.size(),
                    elsewhere);
        }
    }

    private List<LogId> elsewhere(MetadataImage image, Collection<LogId> logs) {
        return logs.stream().filter(log -> isElsewhere(image, log)).toList();
    }

    private boolean isElsewhere(MetadataImage image, LogId log) {
        PartitionRegistration partition = image.topics().getPartition(KafkaIds.toKafka(log.topicId()), log.partition());
        return partition != null
                && Replicas.contains(partition.replicas, nodeId)
                && !DirectoryId.isOnline(partition.directory(nodeId), directories);
    }
}
