package io.aquifer.remote;

import static io.aquifer.remote.MetadataFixture.PARTITION;
import static io.aquifer.remote.MetadataFixture.id;
import static io.aquifer.remote.MetadataFixture.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.object.SimulatedCall;
import io.aquifer.object.SimulatedClock;
import io.aquifer.object.SimulatedFault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ReplicaNotAvailableException;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentState;
import org.apache.kafka.server.log.remote.storage.RemotePartitionDeleteMetadata;
import org.apache.kafka.server.log.remote.storage.RemotePartitionDeleteState;
import org.apache.kafka.server.log.remote.storage.RemoteResourceNotFoundException;
import org.apache.kafka.server.log.remote.storage.RemoteStorageException;
import org.apache.kafka.server.log.remote.storage.RetriableRemoteStorageException;
import org.junit.jupiter.api.Test;

class S3RemoteLogMetadataManagerTest {

    private final MetadataFixture fixture = new MetadataFixture(SimulatedClock.driven());

    @Test
    void a_segment_is_found_by_epoch_and_offset_once_its_copy_is_finished() throws RemoteStorageException {
        MetadataFixture.Broker leader = fixture.broker(1).lead(2);
        RemoteLogSegmentMetadata begun = segment(0, 100, Map.of(0, 0L, 1, 20L, 2, 80L));
        fixture.done(leader.manager.addRemoteLogSegmentMetadata(begun));

        assertThat(leader.find(1, 40)).isEmpty();
        assertThat(leader.manager.highestOffsetForEpoch(PARTITION, 1)).isEmpty();
        assertThat(leader.list()).containsExactly(id(begun));

        RemoteLogSegmentMetadata first = leader.copy(begun);
        RemoteLogSegmentMetadata second = leader.copy(segment(101, 200, Map.of(2, 101L)));
        RemoteLogSegmentMetadata third = leader.copy(segment(201, 300, Map.of(2, 201L, 3, 240L)));
        RemoteLogSegmentMetadata fourth = leader.copy(segment(250, 400, Map.of(3, 250L, 4, 370L)));

        assertThat(leader.manager.remoteLogSegmentMetadata(PARTITION, 1, 40)).contains(first);
        assertThat(leader.find(2, 110)).contains(id(second));
        assertThat(leader.find(3, 240)).contains(id(third));
        assertThat(leader.find(3, 250)).contains(id(fourth));
        assertThat(leader.find(4, 375)).contains(id(fourth));
        assertThat(leader.find(1, 110)).isEmpty();
        assertThat(leader.find(4, 401)).isEmpty();
        assertThat(leader.find(5, 301)).isEmpty();
        assertThat(leader.list(2)).containsExactly(id(first), id(second), id(third));
        assertThat(leader.manager.remoteLogSize(PARTITION, 3)).isEqualTo(2 * MetadataFixture.SIZE);
        assertThat(leader.manager.highestOffsetForEpoch(PARTITION, 0)).contains(19L);
        assertThat(leader.manager.highestOffsetForEpoch(PARTITION, 3)).contains(369L);
        assertThat(leader.manager.highestOffsetForEpoch(PARTITION, 5)).isEmpty();
    }

    @Test
    void a_segment_being_deleted_is_listed_but_not_found_and_one_deleted_is_gone() throws RemoteStorageException {
        MetadataFixture.Broker leader = fixture.broker(1).lead(0);
        RemoteLogSegmentMetadata segment = leader.copy(segment(0, 9, Map.of(0, 0L)));

        fixture.done(leader.update(segment, RemoteLogSegmentState.DELETE_SEGMENT_STARTED));
        assertThat(leader.find(0, 5)).isEmpty();
        assertThat(leader.list()).containsExactly(id(segment));
        assertThat(leader.list(0)).containsExactly(id(segment));

        fixture.done(leader.update(segment, RemoteLogSegmentState.DELETE_SEGMENT_FINISHED));
        assertThat(leader.list()).isEmpty();
        assertThat(leader.list(0)).isEmpty();
        assertThat(leader.manager.highestOffsetForEpoch(PARTITION, 0)).contains(9L);
    }

    @Test
    void states_that_no_segment_takes_are_refused() throws RemoteStorageException {
        MetadataFixture.Broker leader = fixture.broker(1).lead(0);
        RemoteLogSegmentMetadata unknown = segment(0, 9, Map.of(0, 0L));

        assertThatThrownBy(() -> leader.manager.addRemoteLogSegmentMetadata(MetadataFixture.finished(unknown)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> leader.update(unknown, RemoteLogSegmentState.COPY_SEGMENT_STARTED))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(leader.update(unknown, RemoteLogSegmentState.COPY_SEGMENT_FINISHED))
                .isCompletedExceptionally();
        assertThat(leader.update(unknown, RemoteLogSegmentState.DELETE_SEGMENT_FINISHED))
                .isCompletedWithValue(null);
    }

    @Test
    void a_partition_without_a_replica_here_is_not_found() {
        MetadataFixture.Broker broker = fixture.broker(1);

        assertThat(broker.manager.isReady(PARTITION)).isFalse();
        assertThatThrownBy(broker::list).isInstanceOf(RemoteResourceNotFoundException.class);
        assertThatThrownBy(() -> broker.manager.addRemoteLogSegmentMetadata(segment(0, 9, Map.of(0, 0L))))
                .isInstanceOf(RemoteResourceNotFoundException.class);
    }

    @Test
    void the_end_of_a_partitions_deletion_leaves_nothing_of_it() throws RemoteStorageException {
        MetadataFixture.Broker leader = fixture.broker(1).lead(0);
        leader.delete(leader.copy(segment(0, 9, Map.of(0, 0L))));
        assertThat(fixture.snapshots()).isNotEmpty();

        for (RemotePartitionDeleteState state : RemotePartitionDeleteState.values()) {
            fixture.done(leader.manager.putRemotePartitionDeleteMetadata(
                    new RemotePartitionDeleteMetadata(PARTITION, state, 0, 1)));
        }

        assertThat(fixture.bucket.keys()).isEmpty();
        assertThatThrownBy(leader::list).isInstanceOf(RemoteResourceNotFoundException.class);
    }

    @Test
    void a_change_of_leadership_returns_before_any_call_to_the_store() {
        MetadataFixture.Broker broker = fixture.broker(1);

        broker.manager.onPartitionLeadershipChanges(Set.of(PARTITION), Set.of());

        assertThat(broker.store.calls()).isEmpty();
        assertThat(broker.manager.isReady(PARTITION)).isFalse();
        assertThatThrownBy(broker::list).isInstanceOf(ReplicaNotAvailableException.class);
        fixture.settle();
        assertThat(broker.manager.isReady(PARTITION)).isTrue();
    }

    @Test
    void a_new_leader_knows_all_that_the_old_one_did_after_a_list_and_a_get() throws RemoteStorageException {
        MetadataFixture.Broker old = fixture.broker(1).lead(0);
        RemoteLogSegmentMetadata gone = old.copy(segment(0, 9, Map.of(0, 0L)));
        RemoteLogSegmentMetadata kept = old.copy(segment(10, 19, Map.of(0, 10L, 1, 15L)));
        old.delete(gone);

        MetadataFixture.Broker next = fixture.broker(2);
        next.manager.onPartitionLeadershipChanges(Set.of(PARTITION), Set.of());
        fixture.settle();

        assertThat(next.store.calls())
                .extracting(SimulatedCall::kind)
                .containsExactly(SimulatedCall.Kind.LIST, SimulatedCall.Kind.GET);
        assertThat(next.manager.listRemoteLogSegments(PARTITION))
                .toIterable()
                .containsExactly(MetadataFixture.finished(kept));
        assertThat(next.manager.highestOffsetForEpoch(PARTITION, 0)).contains(14L);
    }

    @Test
    void a_segment_that_no_snapshot_knows_is_found_by_its_object() throws RemoteStorageException {
        RemoteLogSegmentMetadata segment = segment(0, 19, Map.of(0, 0L, 1, 15L));
        fixture.upload(segment);

        MetadataFixture.Broker leader = fixture.broker(1).lead(1);

        RemoteLogSegmentMetadata found =
                leader.manager.remoteLogSegmentMetadata(PARTITION, 1, 15).orElseThrow();
        assertThat(found.segmentLeaderEpochs()).isEqualTo(segment.segmentLeaderEpochs());
        assertThat(found.segmentSizeInBytes()).isEqualTo(MetadataFixture.SIZE);
        assertThat(found.maxTimestampMs()).isEqualTo(segment.maxTimestampMs());
        assertThat(found.isTxnIdxEmpty()).isTrue();
        assertThat(SegmentNames.location(found)).isPresent();
        assertThat(SegmentNames.name(found)).isEqualTo(SegmentNames.name(segment));
    }

    @Test
    void a_damaged_or_missing_snapshot_is_made_up_for() throws RemoteStorageException {
        MetadataFixture.Broker old = fixture.broker(1).lead(0);
        List<Uuid> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ids.add(id(old.copy(segment(i * 10L, i * 10L + 9, Map.of(0, i * 10L)))));
        }
        assertThat(fixture.snapshots()).hasSize(2);

        fixture.bucket.damage(fixture.newestSnapshot(), 70);
        assertThat(fixture.broker(2).lead(1).list()).isEqualTo(ids);

        fixture.snapshots().forEach(key -> fixture.bucket.damage(key, 20));
        MetadataFixture.Broker third = fixture.broker(3).lead(2);
        assertThat(third.list()).isEqualTo(ids);
        third.delete(third.manager.remoteLogSegmentMetadata(PARTITION, 0, 0).orElseThrow());

        fixture.snapshots().forEach(fixture.bucket::remove);
        assertThat(fixture.broker(4).lead(3).list()).isEqualTo(ids.subList(1, 5));
    }

    @Test
    void an_object_that_outlives_its_deletion_is_not_read_again_but_deleted_again() throws RemoteStorageException {
        MetadataFixture.Broker old = fixture.broker(1).lead(0);
        RemoteLogSegmentMetadata segment = old.copy(segment(0, 9, Map.of(0, 0L)));
        fixture.done(old.update(segment, RemoteLogSegmentState.DELETE_SEGMENT_STARTED));
        fixture.done(old.update(segment, RemoteLogSegmentState.DELETE_SEGMENT_FINISHED));
        old.copy(segment(10, 19, Map.of(0, 10L)));

        MetadataFixture.Broker next = fixture.broker(2).lead(1);

        assertThat(next.find(0, 5)).isEmpty();
        assertThat(next.manager.listRemoteLogSegments(PARTITION, 0).next().state())
                .isEqualTo(RemoteLogSegmentState.DELETE_SEGMENT_STARTED);
    }

    @Test
    void a_partition_is_not_ready_while_an_object_that_its_snapshot_promises_is_missing() throws Exception {
        MetadataFixture.Broker old = fixture.broker(1).lead(0);
        RemoteLogSegmentMetadata first = old.copy(segment(0, 9, Map.of(0, 0L)));
        RemoteLogSegmentMetadata second = old.copy(segment(10, 19, Map.of(0, 10L)));
        byte[] bytes = fixture.bucket.bytes(MetadataFixture.key(first));
        fixture.bucket.remove(MetadataFixture.key(first));

        MetadataFixture.Broker next = fixture.broker(2);
        next.manager.onPartitionLeadershipChanges(Set.of(PARTITION), Set.of());
        fixture.settle();
        assertThat(next.manager.isReady(PARTITION)).isFalse();

        fixture.bucket.create(MetadataFixture.key(first), bytes, Instant.EPOCH);
        fixture.pass(Duration.ofSeconds(2));
        assertThat(next.manager.isReady(PARTITION)).isTrue();
        assertThat(next.list()).containsExactly(id(first), id(second));
    }

    @Test
    void a_lost_object_does_not_move_the_log_start_nor_end_tiering() throws RemoteStorageException {
        MetadataFixture.Broker old = fixture.broker(1).lead(0);
        RemoteLogSegmentMetadata first = old.copy(segment(0, 9, Map.of(0, 0L)));
        old.copy(segment(10, 19, Map.of(0, 10L)));
        fixture.bucket.remove(MetadataFixture.key(first));

        MetadataFixture.Broker next = fixture.broker(2);
        next.manager.onPartitionLeadershipChanges(Set.of(PARTITION), Set.of());
        fixture.pass(Duration.ofMinutes(2));

        assertThat(next.manager.isReady(PARTITION)).isTrue();
        assertThat(next.manager.listRemoteLogSegments(PARTITION, 0).next().startOffset())
                .isZero();
    }

    @Test
    void a_hole_is_an_error_that_is_retried() throws RemoteStorageException {
        fixture.upload(segment(0, 9, Map.of(0, 0L)));
        fixture.upload(segment(20, 29, Map.of(0, 20L)));
        MetadataFixture.Broker leader = fixture.broker(1).lead(1);

        assertThatThrownBy(() -> leader.find(0, 15)).isInstanceOf(ReplicaNotAvailableException.class);
        assertThatThrownBy(() -> leader.manager.nextSegmentWithTxnIndex(PARTITION, 0, 15))
                .isInstanceOf(ReplicaNotAvailableException.class);
        assertThat(leader.find(0, 30)).isEmpty();
    }

    @Test
    void a_hole_at_the_edge_of_an_epoch_is_one_too() throws RemoteStorageException {
        fixture.upload(segment(0, 9, Map.of(0, 0L)));
        fixture.upload(segment(20, 29, Map.of(1, 20L)));
        MetadataFixture.Broker leader = fixture.broker(1).lead(1);

        assertThatThrownBy(() -> leader.find(0, 15)).isInstanceOf(ReplicaNotAvailableException.class);
        assertThatThrownBy(() -> leader.find(1, 15)).isInstanceOf(ReplicaNotAvailableException.class);
        assertThatThrownBy(() -> leader.manager.nextSegmentWithTxnIndex(PARTITION, 1, 15))
                .isInstanceOf(ReplicaNotAvailableException.class);
        assertThat(leader.find(1, 30)).isEmpty();
    }

    @Test
    void an_epoch_without_any_segment_is_a_hole_if_a_later_one_has_some() throws RemoteStorageException {
        fixture.upload(segment(0, 9, Map.of(0, 0L)));
        fixture.upload(segment(20, 29, Map.of(2, 20L)));
        MetadataFixture.Broker leader = fixture.broker(1).lead(2);

        assertThatThrownBy(() -> leader.find(1, 12)).isInstanceOf(ReplicaNotAvailableException.class);
        assertThatThrownBy(() -> leader.manager.nextSegmentWithTxnIndex(PARTITION, 1, 10))
                .isInstanceOf(ReplicaNotAvailableException.class);
        assertThat(leader.find(3, 12)).isEmpty();
    }

    @Test
    void where_one_epoch_ends_and_another_begins_there_is_no_hole() throws RemoteStorageException {
        fixture.upload(segment(0, 9, Map.of(0, 0L)));
        RemoteLogSegmentMetadata second = segment(10, 29, Map.of(1, 10L, 2, 20L));
        fixture.upload(second);
        MetadataFixture.Broker leader = fixture.broker(1).lead(2);

        assertThat(leader.find(0, 10)).isEmpty();
        assertThat(leader.find(1, 20)).isEmpty();
        assertThat(leader.find(2, 20)).contains(id(second));
        assertThat(leader.find(2, 30)).isEmpty();
    }

    @Test
    void what_an_unclean_election_gave_up_makes_no_hole_of_what_is_not_copied_yet() throws RemoteStorageException {
        fixture.upload(segment(0, 39, Map.of(0, 0L)));
        fixture.upload(segment(40, 99, Map.of(1, 40L)));
        MetadataFixture.Broker leader = fixture.broker(1).lead(2);

        assertThat(leader.find(0, 45)).isEmpty();
        assertThat(leader.find(2, 60)).isEmpty();
        assertThat(leader.manager.nextSegmentWithTxnIndex(PARTITION, 2, 50)).isEmpty();
        assertThat(leader.manager.nextSegmentWithTxnIndex(PARTITION, 0, 40)).isEmpty();
    }

    @Test
    void what_is_being_deleted_at_the_beginning_leaves_no_hole() throws RemoteStorageException {
        MetadataFixture.Broker leader = fixture.broker(1).lead(1);
        RemoteLogSegmentMetadata first = leader.copy(segment(0, 9, Map.of(0, 0L)));
        RemoteLogSegmentMetadata second = leader.copy(segment(10, 19, Map.of(0, 10L, 1, 15L)));
        leader.copy(segment(20, 29, Map.of(1, 20L)));
        fixture.done(leader.update(first, RemoteLogSegmentState.DELETE_SEGMENT_STARTED));
        assertThat(leader.find(0, 5)).isEmpty();

        leader.delete(second);
        assertThat(leader.find(0, 5)).isEmpty();
        assertThat(leader.find(1, 15)).isEmpty();
    }

    @Test
    void a_follower_that_misses_a_segment_looks_again() throws RemoteStorageException {
        MetadataFixture eager = new MetadataFixture(SimulatedClock.eager());
        MetadataFixture.Broker leader = eager.broker(1).lead(0);
        MetadataFixture.Broker follower = eager.broker(2).follow();

        RemoteLogSegmentMetadata segment = leader.copy(segment(0, 9, Map.of(0, 0L)));

        assertThat(follower.find(0, 5)).contains(id(segment));
        follower.store.faults().every(call -> true, SimulatedFault.TIMED_OUT);
        assertThatThrownBy(() -> follower.find(0, 10)).isInstanceOf(ReplicaNotAvailableException.class);
    }

    @Test
    void a_follower_learns_in_the_background_how_far_the_leader_has_copied() throws RemoteStorageException {
        MetadataFixture.Broker leader = fixture.broker(1).lead(0);
        MetadataFixture.Broker follower = fixture.broker(2).follow();
        leader.copy(segment(0, 9, Map.of(0, 0L)));
        fixture.pass(Duration.ofSeconds(30));

        follower.manager.highestOffsetForEpoch(PARTITION, 0);
        fixture.settle();

        assertThat(follower.manager.highestOffsetForEpoch(PARTITION, 0)).contains(9L);
    }

    @Test
    void a_follower_changes_nothing() throws RemoteStorageException {
        MetadataFixture.Broker follower = fixture.broker(2).follow();

        assertThatThrownBy(
                        () -> fixture.done(follower.manager.addRemoteLogSegmentMetadata(segment(0, 9, Map.of(0, 0L)))))
                .hasCauseInstanceOf(RetriableRemoteStorageException.class);
        assertThat(follower.calls(SimulatedCall.Kind.PUT)).isZero();
    }

    @Test
    void of_overlapping_segments_after_an_unclean_election_each_epochs_own_is_read() throws RemoteStorageException {
        RemoteLogSegmentMetadata zombies = segment(0, 99, Map.of(1, 0L));
        RemoteLogSegmentMetadata successors = segment(50, 149, Map.of(2, 50L));
        RemoteLogSegmentMetadata longer = segment(0, 120, Map.of(1, 0L));
        for (RemoteLogSegmentMetadata segment : List.of(longer, successors, zombies)) {
            fixture.upload(segment);
        }
        MetadataFixture.Broker leader = fixture.broker(1).lead(3);

        assertThat(leader.find(1, 60)).contains(id(longer));
        assertThat(leader.find(2, 60)).contains(id(successors));
        assertThat(leader.list(1)).containsExactlyInAnyOrder(id(zombies), id(longer));
        leader.delete(leader.manager.remoteLogSegmentMetadata(PARTITION, 1, 60).orElseThrow());
        assertThat(leader.find(1, 60)).contains(id(zombies));
        assertThat(leader.manager.highestOffsetForEpoch(PARTITION, 1)).contains(120L);
    }

    @Test
    void thousands_of_partitions_are_opened_in_seconds() throws RemoteStorageException {
        Set<TopicIdPartition> partitions = new HashSet<>();
        for (int i = 0; i < 5_000; i++) {
            partitions.add(new TopicIdPartition(new Uuid(7, 7), i, "big"));
        }
        MetadataFixture.Broker old = fixture.broker(1, Duration.ZERO, Map.of());
        old.manager.onPartitionLeadershipChanges(partitions, Set.of());
        fixture.settle();
        for (TopicIdPartition partition : partitions) {
            RemoteLogSegmentMetadata segment = segment(partition, 0, 9, Map.of(0, 0L));
            fixture.done(old.manager.addRemoteLogSegmentMetadata(segment));
            fixture.upload(segment);
            CompletableFuture<Void> copied = old.update(segment, RemoteLogSegmentState.COPY_SEGMENT_FINISHED);
            fixture.done(copied);
        }
        fixture.settle();

        // There and back take as long as each other here: 25 ms each on average are 50 ms for a call.
        MetadataFixture.Broker next = fixture.broker(2, Duration.ofMillis(25), Map.of());
        Instant begun = fixture.clock.now();
        next.manager.onPartitionLeadershipChanges(partitions, Set.of());
        while (!partitions.stream().allMatch(next.manager::isReady)) {
            fixture.pass(Duration.ofMillis(100));
        }

        assertThat(Duration.between(begun, fixture.clock.now())).isLessThan(Duration.ofSeconds(9));
        assertThat(next.store.calls()).hasSize(10_000);
    }
}
