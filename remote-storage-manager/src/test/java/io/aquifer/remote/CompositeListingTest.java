package io.aquifer.remote;

import static io.aquifer.remote.MetadataFixture.PARTITION;
import static io.aquifer.remote.MetadataFixture.id;
import static io.aquifer.remote.MetadataFixture.segment;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.CompositePiece;
import io.aquifer.format.Composites;
import io.aquifer.format.SegmentPart;
import io.aquifer.format.WalObjectName;
import io.aquifer.object.SimulatedClock;
import io.aquifer.object.SimulatedObjectStore;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentState;
import org.apache.kafka.server.log.remote.storage.RemoteStorageException;
import org.junit.jupiter.api.Test;

/** A composite segment in the bucket is a segment that was copied. */
class CompositeListingTest {

    private static final ClusterKeys KEYS = ClusterKeys.of("prefix", "cluster");

    private final MetadataFixture fixture = new MetadataFixture(SimulatedClock.driven());
    private final RemoteLogSegmentMetadata segment = segment(0, 99, Map.of(1, 0L, 2, 50L));
    private final String composite = KEYS.composite(SegmentNames.name(segment));

    private void publish() {
        Map<SegmentPart, ByteBuffer> parts = new EnumMap<>(SegmentPart.class);
        for (SegmentPart part : SegmentPart.values()) {
            if (part != SegmentPart.DATA && part != SegmentPart.TRANSACTION_INDEX) {
                parts.put(part, ByteBuffer.allocate(8));
            }
        }
        CompositePiece piece = new CompositePiece(new WalObjectName(1, 1, 0), 4096, MetadataFixture.SIZE, 0, 99, 7);
        new Composites(new SimulatedObjectStore(SimulatedClock.eager(), fixture.bucket, 0), KEYS)
                .create(SegmentNames.info(segment), parts, List.of(piece))
                .join();
    }

    @Test
    void it_is_listed_and_found_with_the_length_of_its_data() throws RemoteStorageException {
        publish();
        MetadataFixture.Broker leader = fixture.broker(1).lead(2);

        assertThat(leader.list()).containsExactly(id(segment));
        assertThat(leader.find(1, 20)).contains(id(segment));
        assertThat(leader.find(2, 99)).contains(id(segment));
        assertThat(leader.manager.highestOffsetForEpoch(PARTITION, 2)).contains(99L);
        RemoteLogSegmentMetadata found =
                leader.manager.remoteLogSegmentMetadata(PARTITION, 1, 20).orElseThrow();
        assertThat(found.state()).isEqualTo(RemoteLogSegmentState.COPY_SEGMENT_FINISHED);
        assertThat(found.segmentSizeInBytes()).isEqualTo(MetadataFixture.SIZE);
        assertThat(SegmentNames.location(found).orElseThrow().composite()).isTrue();
    }

    @Test
    void once_it_was_rewritten_the_next_leader_removes_what_is_left_of_it() throws RemoteStorageException {
        publish();
        fixture.broker(1).lead(2);
        fixture.upload(segment);

        MetadataFixture.Broker next = fixture.broker(2).lead(3);

        assertThat(next.list()).containsExactly(id(segment));
        assertThat(fixture.bucket.keys()).contains(MetadataFixture.key(segment)).doesNotContain(composite);
    }

    @Test
    void it_stays_known_when_only_the_object_that_took_its_place_is_there() throws RemoteStorageException {
        publish();
        fixture.broker(1).lead(2);
        fixture.upload(segment);
        fixture.bucket.remove(composite);

        assertThat(fixture.broker(2).lead(3).list()).containsExactly(id(segment));
    }
}
