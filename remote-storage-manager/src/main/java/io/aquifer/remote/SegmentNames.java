package io.aquifer.remote;

import io.aquifer.format.SegmentInfo;
import io.aquifer.format.SegmentLocation;
import io.aquifer.format.SegmentName;
import java.util.Optional;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;

/** Kafka's metadata of a segment in the words of the object that holds it. */
final class SegmentNames {

    private SegmentNames() {}

    static SegmentName name(RemoteLogSegmentMetadata metadata) {
        return new SegmentName(
                SegmentRecords.uuid(metadata.topicIdPartition().topicId()),
                metadata.topicIdPartition().partition(),
                metadata.startOffset(),
                metadata.endOffset(),
                metadata.segmentLeaderEpochs().lastKey(),
                SegmentRecords.uuid(metadata.remoteLogSegmentId().id()));
    }

    static SegmentInfo info(RemoteLogSegmentMetadata metadata) {
        return new SegmentInfo(
                name(metadata),
                metadata.maxTimestampMs(),
                metadata.eventTimestampMs(),
                metadata.brokerId(),
                metadata.isTxnIdxEmpty(),
                metadata.segmentLeaderEpochs());
    }

    /** Where the segment's index is, if its metadata says it. */
    static Optional<SegmentLocation> location(RemoteLogSegmentMetadata metadata) {
        return metadata.customMetadata().flatMap(custom -> SegmentLocation.fromBytes(custom.value()));
    }
}
