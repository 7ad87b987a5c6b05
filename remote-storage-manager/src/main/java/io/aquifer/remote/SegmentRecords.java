package io.aquifer.remote;

import io.aquifer.format.OpenedSegment;
import io.aquifer.format.SegmentInfo;
import io.aquifer.format.SnapshotSegment;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentId;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata.CustomMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentState;

/** What is in objects about segments, in Kafka's words. */
final class SegmentRecords {

    private SegmentRecords() {}

    /** A segment for a snapshot: either copied or being deleted. */
    static SnapshotSegment record(RemoteLogSegmentMetadata segment) {
        return new SnapshotSegment(
                SegmentNames.info(segment),
                segment.segmentSizeInBytes(),
                segment.customMetadata().map(custom -> ByteBuffer.wrap(custom.value())),
                segment.state() != RemoteLogSegmentState.COPY_SEGMENT_FINISHED);
    }

    static RemoteLogSegmentMetadata metadata(TopicIdPartition partition, SnapshotSegment segment) {
        return metadata(
                partition,
                segment.info(),
                segment.dataLength(),
                segment.custom().map(SegmentRecords::custom),
                segment.deleting()
                        ? RemoteLogSegmentState.DELETE_SEGMENT_STARTED
                        : RemoteLogSegmentState.COPY_SEGMENT_FINISHED);
    }

    /** The metadata of a segment that no snapshot has, from its object. */
    static RemoteLogSegmentMetadata metadata(TopicIdPartition partition, OpenedSegment segment) {
        return metadata(
                partition,
                segment.parts().info(),
                Math.toIntExact(segment.dataLength()),
                Optional.of(new CustomMetadata(segment.location().toBytes())),
                RemoteLogSegmentState.COPY_SEGMENT_FINISHED);
    }

    private static RemoteLogSegmentMetadata metadata(
            TopicIdPartition partition,
            SegmentInfo info,
            int dataLength,
            Optional<CustomMetadata> custom,
            RemoteLogSegmentState state) {
        return new RemoteLogSegmentMetadata(
                new RemoteLogSegmentId(partition, uuid(info.name().segmentId())),
                info.name().baseOffset(),
                info.name().endOffset(),
                info.maxTimestamp(),
                info.brokerId(),
                info.copyTimestamp(),
                dataLength,
                custom,
                state,
                info.leaderEpochs(),
                info.transactionIndexEmpty());
    }

    private static CustomMetadata custom(ByteBuffer bytes) {
        byte[] value = new byte[bytes.remaining()];
        bytes.duplicate().get(value);
        return new CustomMetadata(value);
    }

    static Uuid uuid(UUID id) {
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    static UUID uuid(Uuid id) {
        return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }
}
