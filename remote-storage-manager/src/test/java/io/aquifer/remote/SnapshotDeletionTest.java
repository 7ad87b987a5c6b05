package io.aquifer.remote;

import static io.aquifer.remote.MetadataFixture.PARTITION;
import static io.aquifer.remote.MetadataFixture.id;
import static io.aquifer.remote.MetadataFixture.key;
import static io.aquifer.remote.MetadataFixture.segment;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.object.SimulatedClock;
import io.aquifer.object.SimulatedFault;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentState;
import org.apache.kafka.server.log.remote.storage.RemoteStorageException;
import org.junit.jupiter.api.Test;

/** What a topic's deletion, which for a metadata manager is the end of all segments and then of the replica, leaves behind. */
class SnapshotDeletionTest {

    private final MetadataFixture fixture = new MetadataFixture(SimulatedClock.driven());

    @Test
    void nothing_of_a_deleted_topic_stays() throws RemoteStorageException {
        MetadataFixture.Broker leader = fixture.broker(1).lead(0);
        RemoteLogSegmentMetadata first = leader.copy(segment(0, 9, Map.of(0, 0L)));
        RemoteLogSegmentMetadata second = leader.copy(segment(10, 19, Map.of(0, 10L)));
        leader.delete(first);
        leader.delete(second);
        assertThat(fixture.snapshots()).hasSizeGreaterThan(1);

        leave(leader);
        fixture.settle();

        assertThat(fixture.bucket.keys()).isEmpty();
    }

    @Test
    void snapshots_stay_as_long_as_an_object_does_that_is_being_deleted() throws RemoteStorageException {
        MetadataFixture.Broker leader = fixture.broker(1).lead(0);
        RemoteLogSegmentMetadata segment = leader.copy(segment(0, 9, Map.of(0, 0L)));
        fixture.done(leader.update(segment, RemoteLogSegmentState.DELETE_SEGMENT_STARTED));
        fixture.done(leader.update(segment, RemoteLogSegmentState.DELETE_SEGMENT_FINISHED));

        leave(leader);
        fixture.pass(Duration.ofMinutes(1));
        assertThat(fixture.snapshots()).isNotEmpty();

        fixture.bucket.remove(key(segment));
        fixture.pass(Duration.ofSeconds(31));
        assertThat(fixture.bucket.keys()).isEmpty();
    }

    @Test
    void what_the_store_refused_is_deleted_by_the_next_process() throws RemoteStorageException, IOException {
        MetadataFixture.Broker leader = fixture.broker(1).lead(0);
        leader.delete(leader.copy(segment(0, 9, Map.of(0, 0L))));
        leader.store.faults().every(call -> true, SimulatedFault.LOST_REQUEST);
        leave(leader);
        fixture.pass(Duration.ofMinutes(5));
        assertThat(fixture.snapshots()).isNotEmpty();
        leader.manager.close();

        MetadataFixture.Broker again = fixture.broker(1);
        fixture.settle();

        assertThat(fixture.bucket.keys()).isEmpty();
        again.manager.close();
        MetadataFixture.Broker third = fixture.broker(1);
        fixture.settle();
        assertThat(third.store.calls()).isEmpty();
    }

    @Test
    void a_deletion_whose_answer_was_lost_is_repeated() throws RemoteStorageException {
        MetadataFixture.Broker leader = fixture.broker(1).lead(0);
        leader.delete(leader.copy(segment(0, 9, Map.of(0, 0L))));
        leader.store.faults().every(call -> true, SimulatedFault.LOST_ANSWER);
        leave(leader);
        fixture.pass(Duration.ofMinutes(1));
        leader.store.faults().none();
        fixture.pass(Duration.ofMinutes(1));

        assertThat(fixture.bucket.keys()).isEmpty();
    }

    @Test
    void a_partition_that_lives_on_elsewhere_keeps_its_snapshots() throws RemoteStorageException {
        MetadataFixture.Broker old = fixture.broker(1).lead(0);
        old.delete(old.copy(segment(0, 9, Map.of(0, 0L))));
        MetadataFixture.Broker next = fixture.broker(2).lead(1);
        RemoteLogSegmentMetadata segment = next.copy(segment(10, 19, Map.of(1, 10L)));

        leave(old);
        fixture.pass(Duration.ofMinutes(1));

        assertThat(fixture.snapshots()).hasSize(2);
        assertThat(fixture.broker(3).lead(2).list()).containsExactly(id(segment));
    }

    @Test
    void what_a_follower_leaves_stays() throws RemoteStorageException {
        MetadataFixture.Broker leader = fixture.broker(1).lead(0);
        leader.delete(leader.copy(segment(0, 9, Map.of(0, 0L))));
        MetadataFixture.Broker follower = fixture.broker(2).follow();

        leave(follower);
        fixture.pass(Duration.ofMinutes(1));

        assertThat(fixture.snapshots()).isNotEmpty();
    }

    private static void leave(MetadataFixture.Broker broker) {
        broker.manager.onStopPartitions(Set.of(PARTITION));
    }
}
