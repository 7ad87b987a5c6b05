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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadataUpdate;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentState;
import org.apache.kafka.server.log.remote.storage.RemotePartitionDeleteMetadata;
import org.apache.kafka.server.log.remote.storage.RemotePartitionDeleteState;
import org.apache.kafka.server.log.remote.storage.RemoteStorageException;
import org.apache.kafka.server.log.remote.storage.RetriableRemoteStorageException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Metadata while the store misbehaves, and while two brokers hold themselves to be the leader. */
class S3MetadataTroubleTest {

    private final MetadataFixture fixture = new MetadataFixture(SimulatedClock.driven());

    @ParameterizedTest
    @EnumSource(
            value = SimulatedFault.class,
            names = {"NONE"},
            mode = EnumSource.Mode.EXCLUDE)
    void an_opening_that_fails_is_tried_again_until_it_succeeds(SimulatedFault fault) throws RemoteStorageException {
        MetadataFixture.Broker old = fixture.broker(1).lead(0);
        RemoteLogSegmentMetadata known = old.copy(segment(0, 9, Map.of(0, 0L)));
        RemoteLogSegmentMetadata unknown = segment(10, 19, Map.of(0, 10L));
        fixture.upload(unknown);
        MetadataFixture.Broker next = fixture.broker(2);
        next.store.faults().next(SimulatedCall.Kind.LIST, fault);
        next.store.faults().next(SimulatedCall.Kind.GET, fault);
        next.store.faults().next(SimulatedCall.Kind.GET_TAIL, fault);

        next.manager.onPartitionLeadershipChanges(Set.of(PARTITION), Set.of());
        fixture.pass(Duration.ofMinutes(3));

        assertThat(next.manager.isReady(PARTITION)).isTrue();
        assertThat(next.list()).containsExactly(id(known), id(unknown));
    }

    @Test
    void while_the_store_is_away_nothing_is_ready_and_nothing_is_answered() throws RemoteStorageException {
        fixture.broker(1).lead(0).copy(segment(0, 9, Map.of(0, 0L)));
        MetadataFixture.Broker next = fixture.broker(2);
        next.store.faults().every(call -> true, SimulatedFault.LOST_REQUEST);

        next.manager.onPartitionLeadershipChanges(Set.of(PARTITION), Set.of());
        fixture.pass(Duration.ofHours(1));

        assertThat(next.manager.isReady(PARTITION)).isFalse();
        assertThat(next.store.calls().size()).isBetween(100, 130);
        next.store.faults().none();
        fixture.pass(Duration.ofSeconds(31));
        assertThat(next.manager.isReady(PARTITION)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = SimulatedFault.class,
            names = {"LOST_REQUEST", "LOST_ANSWER", "THROTTLED", "TIMED_OUT"})
    void a_deletion_that_could_not_be_recorded_is_retriable_and_succeeds_when_retried(SimulatedFault fault)
            throws RemoteStorageException {
        MetadataFixture.Broker leader = fixture.broker(1).lead(0);
        RemoteLogSegmentMetadata segment = leader.copy(segment(0, 9, Map.of(0, 0L)));
        leader.store.faults().next(SimulatedCall.Kind.PUT, fault);

        assertThatThrownBy(() -> fixture.done(leader.update(segment, RemoteLogSegmentState.DELETE_SEGMENT_STARTED)))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(RetriableRemoteStorageException.class);
        leader.delete(segment);

        assertThat(fixture.broker(2).lead(1).list()).isEmpty();
    }

    @Test
    void a_create_that_loses_to_other_bytes_goes_on_behind_them() throws RemoteStorageException {
        MetadataFixture.Broker leader = fixture.broker(1).lead(0);
        RemoteLogSegmentMetadata segment = leader.copy(segment(0, 9, Map.of(0, 0L)));
        leader.store.faults().next(SimulatedCall.Kind.PUT, SimulatedFault.LOST_RACE);

        fixture.done(leader.update(segment, RemoteLogSegmentState.DELETE_SEGMENT_STARTED));

        MetadataFixture.Broker next = fixture.broker(2).lead(1);
        assertThat(next.find(0, 5)).isEmpty();
        assertThat(next.list()).containsExactly(id(segment));
    }

    @Test
    void a_stale_leader_can_not_change_anything_until_it_leads_again() throws RemoteStorageException {
        MetadataFixture.Broker stale = fixture.broker(1).lead(0);
        RemoteLogSegmentMetadata segment = stale.copy(segment(0, 9, Map.of(0, 0L)));
        MetadataFixture.Broker leader = fixture.broker(2).lead(1);
        RemoteLogSegmentMetadata second = leader.copy(segment(10, 19, Map.of(1, 10L)));
        List<String> before = fixture.snapshots();

        assertThatThrownBy(() -> fixture.done(stale.update(segment, RemoteLogSegmentState.DELETE_SEGMENT_STARTED)))
                .hasCauseInstanceOf(RetriableRemoteStorageException.class)
                .hasMessageContaining("epoch 0");

        assertThat(fixture.snapshots()).isEqualTo(before);
        stale.manager.highestOffsetForEpoch(PARTITION, 0);
        assertThat(stale.manager.addRemoteLogSegmentMetadata(segment(20, 29, Map.of(0, 20L))))
                .isCompletedExceptionally();
        assertThat(leader.find(0, 5)).contains(id(segment));
        assertThat(stale.lead(2).manager.isReady(PARTITION)).isTrue();
        stale.delete(segment);
        assertThat(stale.list()).containsExactly(id(second));
    }

    @Test
    void a_stale_leader_is_found_out_where_the_snapshot_with_its_number_has_been_removed()
            throws RemoteStorageException {
        MetadataFixture.Broker stale = fixture.broker(1).lead(0);
        RemoteLogSegmentMetadata segment = stale.copy(segment(0, 9, Map.of(0, 0L)));
        MetadataFixture.Broker leader = fixture.broker(2).lead(1);
        for (int i = 1; i < 6; i++) {
            leader.copy(segment(i * 10L, i * 10L + 9, Map.of(1, i * 10L)));
        }
        assertThat(fixture.snapshots()).hasSize(2);

        assertThatThrownBy(() -> fixture.done(stale.update(segment, RemoteLogSegmentState.DELETE_SEGMENT_STARTED)))
                .hasCauseInstanceOf(RetriableRemoteStorageException.class);

        assertThat(fixture.broker(3).lead(2).find(0, 5)).contains(id(segment));
    }

    @Test
    void what_two_leaders_of_unknown_order_write_adds_up() throws RemoteStorageException {
        RemoteLogSegmentMetadata first = segment(0, 9, Map.of(0, 0L));
        RemoteLogSegmentMetadata second = segment(10, 19, Map.of(0, 10L));
        fixture.upload(first);
        fixture.upload(second);
        MetadataFixture.Broker one = fixture.broker(1).lead(0);
        MetadataFixture.Broker other = fixture.broker(2).lead(0);

        CompletableFuture<Void> deletion = one.update(first, RemoteLogSegmentState.DELETE_SEGMENT_STARTED);
        CompletableFuture<Void> otherDeletion = other.update(second, RemoteLogSegmentState.DELETE_SEGMENT_STARTED);
        fixture.done(deletion);
        fixture.done(otherDeletion);
        fixture.settle();

        MetadataFixture.Broker next = fixture.broker(3).lead(1);
        assertThat(next.find(0, 5)).isEmpty();
        assertThat(next.find(0, 15)).isEmpty();
    }

    @Test
    void a_leader_that_stops_ends_the_waits() throws RemoteStorageException {
        MetadataFixture.Broker leader = fixture.broker(1).lead(0);
        RemoteLogSegmentMetadata segment = leader.copy(segment(0, 9, Map.of(0, 0L)));
        CompletableFuture<Void> first = leader.update(segment, RemoteLogSegmentState.DELETE_SEGMENT_STARTED);
        CompletableFuture<Void> behind = leader.update(segment, RemoteLogSegmentState.DELETE_SEGMENT_STARTED);

        leader.manager.onStopPartitions(Set.of(PARTITION));

        assertThat(behind).isCompletedExceptionally();
        fixture.done(first);
        assertThat(leader.manager.isReady(PARTITION)).isFalse();
    }

    @Test
    void a_reader_that_is_cancelled_while_a_follower_looks_again_cancels_no_other() throws RemoteStorageException {
        MetadataContext context = fixture.context();
        PartitionMetadata follower = new PartitionMetadata(PARTITION, context);
        follower.become(false);
        fixture.settle();
        CompletableFuture<Void> first = follower.refresh();
        CompletableFuture<Void> second = follower.refresh();
        CompletableFuture<Void> third = follower.refresh();

        first.cancel(true);
        second.cancel(true);

        fixture.done(third);
        assertThat(third).isCompletedWithValue(null);
    }

    @Test
    void many_deletions_share_few_snapshots() throws RemoteStorageException {
        for (int i = 0; i < 200; i++) {
            fixture.upload(segment(i * 10L, i * 10L + 9, Map.of(0, i * 10L)));
        }
        MetadataFixture.Broker leader = fixture.broker(1).lead(0);
        long before = leader.calls(SimulatedCall.Kind.PUT);

        List<CompletableFuture<Void>> deletions = new ArrayList<>();
        leader.manager.listRemoteLogSegments(PARTITION).forEachRemaining(segment -> {
            try {
                deletions.add(leader.update(segment, RemoteLogSegmentState.DELETE_SEGMENT_STARTED));
            } catch (RemoteStorageException e) {
                throw new AssertionError(e);
            }
        });
        deletions.forEach(fixture::done);

        assertThat(deletions).hasSize(200);
        assertThat(leader.calls(SimulatedCall.Kind.PUT) - before).isLessThanOrEqualTo(3);
    }

    @Test
    void no_error_leaves_a_call() {
        TopicIdPartition broken = new TopicIdPartition(PARTITION.topicId(), PARTITION.topicPartition()) {
            @Override
            public int hashCode() {
                throw new StackOverflowError("too deep");
            }
        };
        S3RemoteLogMetadataManager manager = fixture.broker(1).manager;
        RemoteLogSegmentMetadata segment = segment(broken, 0, 9, Map.of(0, 0L));

        for (ThrowingCallable call : new ThrowingCallable[] {
            () -> manager.addRemoteLogSegmentMetadata(segment),
            () -> manager.updateRemoteLogSegmentMetadata(new RemoteLogSegmentMetadataUpdate(
                    segment.remoteLogSegmentId(), 1, Optional.empty(), RemoteLogSegmentState.COPY_SEGMENT_FINISHED, 1)),
            () -> manager.remoteLogSegmentMetadata(broken, 0, 0),
            () -> manager.nextSegmentWithTxnIndex(broken, 0, 0),
            () -> manager.highestOffsetForEpoch(broken, 0),
            () -> manager.putRemotePartitionDeleteMetadata(new RemotePartitionDeleteMetadata(
                    broken, RemotePartitionDeleteState.DELETE_PARTITION_MARKED, 1, 1)),
            () -> manager.listRemoteLogSegments(broken),
            () -> manager.listRemoteLogSegments(broken, 0),
            () -> manager.remoteLogSize(broken, 0)
        }) {
            assertThatThrownBy(call)
                    .isInstanceOf(RemoteStorageException.class)
                    .hasMessageContaining("too deep")
                    .hasCauseInstanceOf(StackOverflowError.class);
        }
        for (ThrowingCallable call : new ThrowingCallable[] {
            () -> manager.onPartitionLeadershipChanges(Collections.singleton(broken), Set.of()),
            () -> manager.onPartitionLeadershipChanges(Set.of(), Collections.singleton(broken)),
            () -> manager.onStopPartitions(Collections.singleton(broken)),
            () -> manager.isReady(broken)
        }) {
            assertThatThrownBy(call)
                    .isInstanceOf(KafkaException.class)
                    .hasMessageContaining("too deep")
                    .hasCauseInstanceOf(StackOverflowError.class);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void an_error_of_the_store_fails_a_change_and_stands_in_the_way_of_no_later_one(boolean throwing)
            throws RemoteStorageException {
        MetadataFixture.Broker leader = fixture.broker(1).lead(0);
        RemoteLogSegmentMetadata segment = leader.copy(segment(0, 9, Map.of(0, 0L)));
        Error error = new StackOverflowError("too deep");
        leader.answers = called -> {
            if (throwing) {
                throw error;
            }
            return CompletableFuture.failedFuture(error);
        };

        assertThatThrownBy(() -> fixture.done(leader.update(segment, RemoteLogSegmentState.DELETE_SEGMENT_STARTED)))
                .hasCauseInstanceOf(RemoteStorageException.class)
                .hasMessageContaining("too deep");
        leader.answers = called -> null;
        fixture.pass(Duration.ofMinutes(1));
        leader.delete(segment);

        assertThat(fixture.broker(2).lead(1).list()).isEmpty();
    }

    @Test
    void nothing_deleted_comes_back_and_nothing_copied_is_lost_whatever_the_store_does() throws RemoteStorageException {
        Integer only = Integer.getInteger("aquifer.seed");
        int first = only == null ? RandomGenerator.getDefault().nextInt(1_000_000) : only;
        int last = only == null ? first + Integer.getInteger("aquifer.seeds", 200) - 1 : first;
        System.out.println("S3MetadataTroubleTest: seeds " + first + " to " + last);
        for (int seed = first; seed <= last; seed++) {
            try {
                deleteAndCopyAmidFaults(seed);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "seed " + seed + " fails: " + e.getMessage()
                                + "\nTo reproduce: ./mvnw -pl remote-storage-manager -am test"
                                + " -Dsurefire.failIfNoSpecifiedTests=false -Dtest=S3MetadataTroubleTest -Daquifer.seed="
                                + seed,
                        e);
            }
        }
    }

    private static void deleteAndCopyAmidFaults(int seed) throws RemoteStorageException {
        MetadataFixture world = new MetadataFixture(SimulatedClock.driven());
        MetadataFixture.Broker leader = world.broker(seed);
        List<Uuid> live = new ArrayList<>();
        List<RemoteLogSegmentMetadata> segments = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            if (i % 4 == 0) {
                leader = world.broker(seed * 100 + i);
                leader.store.faults().atRandom(0.2);
                leader.manager.onPartitionLeadershipChanges(Set.of(PARTITION), Set.of());
                world.pass(Duration.ofMinutes(10));
                assertThat(leader.manager.isReady(PARTITION)).isTrue();
                leader.manager.highestOffsetForEpoch(PARTITION, i);
            }
            RemoteLogSegmentMetadata segment = segment(i * 10L, i * 10L + 9, Map.of(i / 4 * 4, i * 10L));
            world.done(leader.manager.addRemoteLogSegmentMetadata(segment));
            world.upload(segment);
            world.done(leader.update(segment, RemoteLogSegmentState.COPY_SEGMENT_FINISHED));
            segments.add(segment);
            live.add(id(segment));
            if (i % 3 == 2) {
                RemoteLogSegmentMetadata oldest = segments.remove(0);
                beginDeletion(world, leader, oldest);
                live.remove(id(oldest));
                world.bucket.remove(MetadataFixture.key(oldest));
                world.done(leader.update(oldest, RemoteLogSegmentState.DELETE_SEGMENT_FINISHED));
            }
        }
        world.pass(Duration.ofMinutes(5));
        MetadataFixture.Broker last = world.broker(seed * 100 + 99).lead(99);
        assertThat(last.list()).isEqualTo(live);
    }

    /** Begins a deletion as Kafka does: again and again until it succeeds. */
    private static void beginDeletion(
            MetadataFixture world, MetadataFixture.Broker leader, RemoteLogSegmentMetadata segment)
            throws RemoteStorageException {
        for (int attempt = 0; attempt < 50; attempt++) {
            CompletableFuture<Void> begun = leader.update(segment, RemoteLogSegmentState.DELETE_SEGMENT_STARTED);
            try {
                world.done(begun);
                return;
            } catch (CompletionException e) {
                assertThat(e).hasCauseInstanceOf(RetriableRemoteStorageException.class);
                world.pass(Duration.ofSeconds(30));
            }
        }
        throw new AssertionError("the deletion never begins");
    }
}
