package io.aquifer.remote;

import static org.apache.kafka.server.log.remote.storage.RemoteLogSegmentState.COPY_SEGMENT_FINISHED;
import static org.apache.kafka.server.log.remote.storage.RemoteLogSegmentState.COPY_SEGMENT_STARTED;
import static org.apache.kafka.server.log.remote.storage.RemoteLogSegmentState.DELETE_SEGMENT_FINISHED;
import static org.apache.kafka.server.log.remote.storage.RemoteLogSegmentState.DELETE_SEGMENT_STARTED;

import io.aquifer.format.PartitionSnapshot;
import io.aquifer.format.SnapshotSegment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadataUpdate;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentState;

/**
 * What a broker knows of a partition's segments, and how that goes together with what the bucket says.
 *
 * <p>Not safe for several threads.
 */
final class PartitionState {

    private final TopicIdPartition partition;
    private final SegmentCatalog catalog = new SegmentCatalog();
    /** Segments whose deletion has ended for Kafka, while their objects may still be there. */
    private final Map<Uuid, RemoteLogSegmentMetadata> deleted = new HashMap<>();
    /** Of the newest snapshot that is known, or -1. */
    private long number = -1;
    /** Highest leader epoch that a snapshot was written under, or -1. */
    private int recordedEpoch = -1;

    PartitionState(TopicIdPartition partition) {
        this.partition = partition;
    }

    SegmentCatalog catalog() {
        return catalog;
    }

    long number() {
        return number;
    }

    int recordedEpoch() {
        return recordedEpoch;
    }

    int deleted() {
        return deleted.size();
    }

    /** Whether there is nothing to be kept in a snapshot, and there never was. */
    boolean isBlank() {
        return number < 0 && catalog.all().isEmpty();
    }

    /** Forgets copies in progress, which are the leader's own. */
    void forgetCopies() {
        List.copyOf(catalog.all()).stream()
                .filter(segment -> segment.state() == COPY_SEGMENT_STARTED)
                .forEach(segment -> catalog.remove(segment.remoteLogSegmentId().id()));
    }

    /** Ids of the segments whose objects should be in a listing that begins now, unless they have been deleted. */
    Set<Uuid> expected() {
        Set<Uuid> ids = new HashSet<>();
        for (RemoteLogSegmentMetadata segment : catalog.all()) {
            if (segment.state() != COPY_SEGMENT_STARTED) {
                ids.add(segment.remoteLogSegmentId().id());
            }
        }
        return ids;
    }

    /**
     * Takes over what the bucket says. What was learned here since the listing began is kept.
     *
     * @param expected as it was when the listing began
     */
    void merge(OpenedPartition found, Set<Uuid> expected) {
        Set<Uuid> gone = new HashSet<>(expected);
        for (RemoteLogSegmentMetadata segment : found.segments()) {
            Uuid id = segment.remoteLogSegmentId().id();
            gone.remove(id);
            Optional<RemoteLogSegmentState> known = catalog.get(id).map(RemoteLogSegmentMetadata::state);
            if (known.isEmpty() ? !deleted.containsKey(id) : goesOn(known.get(), segment.state())) {
                catalog.put(segment);
            }
        }
        gone.forEach(catalog::remove);
        deleted.keySet().retainAll(found.listed());
        found.highestOffsets().forEach(catalog::raise);
        number = Math.max(number, found.number());
        recordedEpoch = Math.max(recordedEpoch, found.leaderEpoch());
    }

    private static boolean goesOn(RemoteLogSegmentState known, RemoteLogSegmentState found) {
        return known != found && RemoteLogSegmentState.isValidTransition(known, found);
    }

    /** Applies an update to a segment that is in the catalog. */
    void update(RemoteLogSegmentMetadata segment, RemoteLogSegmentMetadataUpdate update) {
        RemoteLogSegmentMetadata updated = segment.createWithUpdates(update);
        if (update.state() != DELETE_SEGMENT_FINISHED) {
            catalog.put(updated);
            return;
        }
        Uuid id = segment.remoteLogSegmentId().id();
        catalog.remove(id);
        deleted.put(id, segment);
    }

    /** The next snapshot. */
    PartitionSnapshot next(int epoch, int brokerId) {
        List<SnapshotSegment> segments = Stream.concat(catalog.all().stream(), deleted.values().stream())
                .filter(segment ->
                        segment.state() == COPY_SEGMENT_FINISHED || segment.state() == DELETE_SEGMENT_STARTED)
                .map(SegmentRecords::record)
                .toList();
        return new PartitionSnapshot(
                SegmentRecords.uuid(partition.topicId()),
                partition.partition(),
                number + 1,
                Math.max(epoch, recordedEpoch),
                brokerId,
                catalog.highest(),
                segments);
    }

    /** Notes that a snapshot was written. */
    void written(PartitionSnapshot snapshot) {
        number = Math.max(number, snapshot.number());
        recordedEpoch = Math.max(recordedEpoch, snapshot.leaderEpoch());
    }
}
