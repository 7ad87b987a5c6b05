package io.aquifer.remote;

import io.aquifer.object.Failures;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.StoredObject;
import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.server.log.remote.storage.RemotePartitionDeleteState;
import org.apache.kafka.server.log.remote.storage.RemoteResourceNotFoundException;
import org.apache.kafka.server.log.remote.storage.RemoteStorageException;

/** The partitions whose metadata this broker keeps. */
final class MetadataPartitions implements Closeable {

    private final MetadataContext context;
    private final Map<TopicIdPartition, PartitionMetadata> partitions = new ConcurrentHashMap<>();
    private final Map<TopicIdPartition, RemotePartitionDeleteState> deletions = new ConcurrentHashMap<>();

    MetadataPartitions(MetadataContext context) {
        this.context = context;
    }

    /** Begins to open a partition, and returns at once. */
    void become(TopicIdPartition partition, boolean leader) {
        partitions
                .computeIfAbsent(partition, absent -> new PartitionMetadata(partition, context))
                .become(leader);
    }

    void stop(TopicIdPartition partition) {
        PartitionMetadata stopped = partitions.remove(partition);
        if (stopped != null) {
            stopped.stop();
        }
    }

    /** Stops a partition that Kafka takes from this broker, and removes the snapshots of one that had nothing left. */
    void leave(TopicIdPartition partition) {
        PartitionMetadata stopped = partitions.remove(partition);
        if (stopped != null) {
            CompletableFuture<?> unused =
                    stopped.leave().thenAccept(newest -> newest.ifPresent(context.deletions()::promise));
        }
    }

    Optional<PartitionMetadata> find(TopicIdPartition partition) {
        return Optional.ofNullable(partitions.get(partition));
    }

    /** @throws RemoteResourceNotFoundException if this broker neither leads nor follows the partition */
    PartitionMetadata get(TopicIdPartition partition) throws RemoteResourceNotFoundException {
        PartitionMetadata metadata = partitions.get(partition);
        if (metadata == null) {
            throw new RemoteResourceNotFoundException("This broker has no replica of " + partition);
        }
        return metadata;
    }

    /** Notes how far the deletion of a partition is. With its end the partition's snapshots go. */
    CompletableFuture<Void> delete(TopicIdPartition partition, RemotePartitionDeleteState state) {
        RemotePartitionDeleteState before = deletions.get(partition);
        if (!RemotePartitionDeleteState.isValidTransition(before, state)) {
            return CompletableFuture.failedFuture(new RemoteStorageException(
                    "The deletion of " + partition + " can't become " + state + " from " + before));
        }
        if (state != RemotePartitionDeleteState.DELETE_PARTITION_FINISHED) {
            deletions.put(partition, state);
            return CompletableFuture.completedFuture(null);
        }
        stop(partition);
        return removeSnapshots(partition)
                .thenRun(() -> deletions.remove(partition))
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        StorageFailures.of("Can't remove the metadata of " + partition, Failures.unwrapped(failure))));
    }

    private CompletableFuture<Void> removeSnapshots(TopicIdPartition partition) {
        String place = context.keys().snapshotsOf(SegmentRecords.uuid(partition.topicId()), partition.partition());
        return context.store()
                .list(place, null, ObjectStore.MAX_PAGE)
                .thenCompose(page -> context.store()
                        .delete(page.objects().stream().map(StoredObject::key).toList())
                        .thenCompose(deleted ->
                                page.more() ? removeSnapshots(partition) : CompletableFuture.completedFuture(null)));
    }

    /** Ends what is in progress, and closes the store. */
    @Override
    public void close() throws IOException {
        partitions.keySet().forEach(this::stop);
        context.store().close();
        context.deletions().close();
    }
}
