package io.aquifer.remote;

import static io.aquifer.remote.MetadataFixture.PARTITION;
import static io.aquifer.remote.MetadataFixture.id;
import static io.aquifer.remote.MetadataFixture.segment;
import static org.apache.kafka.server.log.remote.storage.RemoteLogSegmentState.COPY_SEGMENT_FINISHED;
import static org.apache.kafka.server.log.remote.storage.RemoteLogSegmentState.COPY_SEGMENT_STARTED;
import static org.apache.kafka.server.log.remote.storage.RemoteLogSegmentState.DELETE_SEGMENT_FINISHED;
import static org.apache.kafka.server.log.remote.storage.RemoteLogSegmentState.DELETE_SEGMENT_STARTED;
import static org.apache.kafka.server.log.remote.storage.RemotePartitionDeleteState.DELETE_PARTITION_FINISHED;
import static org.apache.kafka.server.log.remote.storage.RemotePartitionDeleteState.DELETE_PARTITION_MARKED;
import static org.apache.kafka.server.log.remote.storage.RemotePartitionDeleteState.DELETE_PARTITION_STARTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.object.SimulatedClock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentId;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadataUpdate;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentState;
import org.apache.kafka.server.log.remote.storage.RemotePartitionDeleteMetadata;
import org.apache.kafka.server.log.remote.storage.RemotePartitionDeleteState;
import org.apache.kafka.server.log.remote.storage.RemoteStorageException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What KIP-405 asks of a metadata manager: the states of segments and partitions, and what is seen of them. */
class SegmentLifecycleTest {

    private final MetadataFixture fixture = new MetadataFixture(SimulatedClock.driven());
    private MetadataFixture.Broker leader;

    @BeforeEach
    void lead() throws RemoteStorageException {
        leader = fixture.broker(1).lead(0);
    }

    @ParameterizedTest
    @CsvSource({
        "COPY_SEGMENT_STARTED, COPY_SEGMENT_FINISHED, COPY_SEGMENT_FINISHED",
        "COPY_SEGMENT_STARTED, DELETE_SEGMENT_STARTED, DELETE_SEGMENT_STARTED",
        "COPY_SEGMENT_STARTED, DELETE_SEGMENT_FINISHED, COPY_SEGMENT_STARTED",
        "COPY_SEGMENT_FINISHED, COPY_SEGMENT_FINISHED, COPY_SEGMENT_FINISHED",
        "COPY_SEGMENT_FINISHED, DELETE_SEGMENT_STARTED, DELETE_SEGMENT_STARTED",
        "COPY_SEGMENT_FINISHED, DELETE_SEGMENT_FINISHED, COPY_SEGMENT_FINISHED",
        "DELETE_SEGMENT_STARTED, COPY_SEGMENT_FINISHED, DELETE_SEGMENT_STARTED",
        "DELETE_SEGMENT_STARTED, DELETE_SEGMENT_STARTED, DELETE_SEGMENT_STARTED",
        "DELETE_SEGMENT_STARTED, DELETE_SEGMENT_FINISHED, DELETE_SEGMENT_FINISHED",
    })
    void a_segment_takes_only_the_states_that_follow(
            RemoteLogSegmentState before, RemoteLogSegmentState asked, RemoteLogSegmentState after)
            throws RemoteStorageException {
        RemoteLogSegmentMetadata segment = segment(0, 9, Map.of(0, 0L));
        bring(segment, before);

        fixture.done(leader.update(segment, asked));

        Optional<RemoteLogSegmentState> expected = Optional.of(after).filter(state -> state != DELETE_SEGMENT_FINISHED);
        assertThat(listed()).isEqualTo(expected);
        assertThat(leader.find(0, 5).isPresent()).isEqualTo(after == COPY_SEGMENT_FINISHED);
        assertThat(leader.manager.highestOffsetForEpoch(PARTITION, 0).isPresent())
                .isEqualTo(before == COPY_SEGMENT_FINISHED || after == COPY_SEGMENT_FINISHED);
    }

    @ParameterizedTest
    @CsvSource({
        "COPY_SEGMENT_STARTED,",
        "COPY_SEGMENT_FINISHED, COPY_SEGMENT_FINISHED",
        "DELETE_SEGMENT_STARTED, DELETE_SEGMENT_STARTED",
        "DELETE_SEGMENT_FINISHED,",
    })
    void the_next_leader_finds_it_in_the_state_that_the_last_one_left(
            RemoteLogSegmentState left, RemoteLogSegmentState found) throws RemoteStorageException {
        RemoteLogSegmentMetadata segment = segment(0, 9, Map.of(0, 0L));
        fixture.done(leader.manager.addRemoteLogSegmentMetadata(segment));
        if (left != COPY_SEGMENT_STARTED) {
            fixture.upload(segment);
            fixture.done(leader.update(segment, COPY_SEGMENT_FINISHED));
        }
        if (left == DELETE_SEGMENT_STARTED || left == DELETE_SEGMENT_FINISHED) {
            fixture.done(leader.update(segment, DELETE_SEGMENT_STARTED));
        }
        if (left == DELETE_SEGMENT_FINISHED) {
            fixture.bucket.remove(MetadataFixture.key(segment));
            fixture.done(leader.update(segment, DELETE_SEGMENT_FINISHED));
        }
        fixture.settle();

        leader = fixture.broker(2).lead(1);

        assertThat(listed()).isEqualTo(Optional.ofNullable(found));
    }

    @Test
    void a_deleted_segment_can_be_deleted_again_and_nothing_else() throws RemoteStorageException {
        RemoteLogSegmentMetadata segment = leader.copy(segment(0, 9, Map.of(0, 0L)));
        leader.delete(segment);

        assertThat(leader.update(segment, DELETE_SEGMENT_STARTED)).isCompletedWithValue(null);
        assertThat(leader.update(segment, DELETE_SEGMENT_FINISHED)).isCompletedWithValue(null);
        assertThat(leader.update(segment, COPY_SEGMENT_FINISHED)).isCompletedExceptionally();
        assertThat(leader.list()).isEmpty();
    }

    @Test
    void a_segment_that_is_added_again_stays_as_far_as_it_was() throws RemoteStorageException {
        RemoteLogSegmentMetadata begun = segment(0, 9, Map.of(0, 0L));
        RemoteLogSegmentMetadata finished = leader.copy(begun);

        fixture.done(leader.manager.addRemoteLogSegmentMetadata(begun));

        assertThat(leader.manager.remoteLogSegmentMetadata(PARTITION, 0, 5)).contains(finished);
        assertThat(leader.list()).hasSize(1);
    }

    @Test
    void what_an_update_says_besides_the_state_is_kept() throws RemoteStorageException {
        RemoteLogSegmentMetadata begun = segment(0, 9, Map.of(0, 0L));
        fixture.done(leader.manager.addRemoteLogSegmentMetadata(begun));
        RemoteLogSegmentMetadataUpdate update = new RemoteLogSegmentMetadataUpdate(
                begun.remoteLogSegmentId(),
                9_000,
                Optional.of(new RemoteLogSegmentMetadata.CustomMetadata(new byte[] {1, 2, 3})),
                COPY_SEGMENT_FINISHED,
                7);

        fixture.done(leader.manager.updateRemoteLogSegmentMetadata(update));

        assertThat(leader.manager.remoteLogSegmentMetadata(PARTITION, 0, 0)).contains(begun.createWithUpdates(update));
    }

    @Test
    void segments_are_listed_by_their_base_offsets_whatever_the_order_of_their_copies() throws RemoteStorageException {
        RemoteLogSegmentMetadata third = leader.copy(segment(201, 400, Map.of(0, 201L, 1, 301L)));
        RemoteLogSegmentMetadata first = leader.copy(segment(0, 100, Map.of(0, 0L)));
        RemoteLogSegmentMetadata second = leader.copy(segment(101, 200, Map.of(0, 101L)));
        RemoteLogSegmentMetadata begun = segment(401, 500, Map.of(1, 401L));
        fixture.done(leader.manager.addRemoteLogSegmentMetadata(begun));

        assertThat(leader.list()).containsExactly(id(first), id(second), id(third), id(begun));
        assertThat(leader.list(0)).containsExactly(id(first), id(second), id(third));
        assertThat(leader.list(1)).containsExactly(id(third), id(begun));
        assertThat(leader.list(2)).isEmpty();
    }

    @Test
    void an_epochs_size_is_that_of_its_segments_in_any_state_but_deleted() throws RemoteStorageException {
        RemoteLogSegmentMetadata first = leader.copy(segment(0, 9, Map.of(0, 0L)));
        RemoteLogSegmentMetadata both = leader.copy(segment(10, 19, Map.of(0, 10L, 1, 15L)));
        leader.copy(segment(20, 29, Map.of(1, 20L)));

        assertThat(leader.manager.remoteLogSize(PARTITION, 0)).isEqualTo(2 * MetadataFixture.SIZE);
        fixture.done(leader.update(first, DELETE_SEGMENT_STARTED));
        assertThat(leader.manager.remoteLogSize(PARTITION, 0)).isEqualTo(2 * MetadataFixture.SIZE);
        fixture.done(leader.update(first, DELETE_SEGMENT_FINISHED));
        assertThat(leader.manager.remoteLogSize(PARTITION, 0)).isEqualTo(MetadataFixture.SIZE);
        leader.delete(both);
        assertThat(leader.manager.remoteLogSize(PARTITION, 0)).isZero();
        assertThat(leader.manager.remoteLogSize(PARTITION, 1)).isEqualTo(MetadataFixture.SIZE);
        assertThat(leader.manager.remoteLogSize(PARTITION, 2)).isZero();
    }

    @Test
    void an_offset_is_found_only_in_the_epoch_that_it_was_written_under() throws RemoteStorageException {
        RemoteLogSegmentMetadata segment = leader.copy(segment(10, 39, Map.of(1, 10L, 2, 20L, 4, 30L)));

        for (long offset = 10; offset < 40; offset++) {
            int epoch = offset < 20 ? 1 : offset < 30 ? 2 : 4;
            for (int other : List.of(0, 1, 2, 3, 4, 5)) {
                assertThat(leader.find(other, offset))
                        .as("epoch %d offset %d", other, offset)
                        .isEqualTo(other == epoch ? Optional.of(id(segment)) : Optional.empty());
            }
        }
        assertThat(leader.find(1, 9)).isEmpty();
        assertThat(leader.find(4, 40)).isEmpty();
    }

    /**
     * A leader of epoch 1 copied up to 99 before it was lost. One that had only reached 59 was elected, so that epoch 2 begins
     * there: of what epoch 1 wrote behind that nothing is in the log any more, though it stays in a segment.
     */
    @Test
    void after_an_unclean_election_each_lineage_is_read_from_its_own_segments() throws RemoteStorageException {
        RemoteLogSegmentMetadata before = leader.copy(segment(0, 49, Map.of(0, 0L, 1, 30L)));
        RemoteLogSegmentMetadata lost = leader.copy(segment(50, 99, Map.of(1, 50L)));
        leader = fixture.broker(2).lead(2);
        RemoteLogSegmentMetadata across = leader.copy(segment(50, 79, Map.of(1, 50L, 2, 60L)));
        RemoteLogSegmentMetadata behind = leader.copy(segment(80, 120, Map.of(2, 80L)));

        assertThat(leader.find(0, 10)).contains(id(before));
        assertThat(leader.find(1, 40)).contains(id(before));
        assertThat(leader.find(1, 55)).isPresent();
        assertThat(leader.find(2, 60)).contains(id(across));
        assertThat(leader.find(2, 100)).contains(id(behind));
        assertThat(leader.find(2, 55)).isEmpty();
        assertThat(leader.manager.highestOffsetForEpoch(PARTITION, 1)).contains(99L);
        assertThat(leader.manager.highestOffsetForEpoch(PARTITION, 2)).contains(120L);
        leader.delete(lost);
        assertThat(leader.find(1, 55)).contains(id(across));
        assertThat(leader.list()).containsExactly(id(before), id(across), id(behind));
    }

    @Test
    void the_next_segment_with_aborted_transactions_is_one_of_the_epoch_without_a_gap_before_it()
            throws RemoteStorageException {
        copyWithoutObject(segment(0, 9, Map.of(0, 0L)));
        Uuid aborted = copyWithoutObject(withAborted(10, 19, Map.of(0, 10L)));
        copyWithoutObject(segment(20, 29, Map.of(0, 20L)));
        copyWithoutObject(segment(30, 39, Map.of(1, 30L)));
        Uuid later = copyWithoutObject(withAborted(40, 49, Map.of(1, 40L)));

        assertThat(nextWithAborted(0, 0)).contains(aborted);
        assertThat(nextWithAborted(0, 15)).contains(aborted);
        assertThat(nextWithAborted(0, 20)).isEmpty();
        assertThat(nextWithAborted(1, 30)).contains(later);
        assertThat(nextWithAborted(1, 50)).isEmpty();
        assertThat(nextWithAborted(2, 50)).isEmpty();
    }

    @Test
    void segments_are_found_until_a_partitions_deletion_has_finished() throws RemoteStorageException {
        RemoteLogSegmentMetadata segment = leader.copy(segment(0, 9, Map.of(0, 0L)));

        for (RemotePartitionDeleteState state : List.of(DELETE_PARTITION_MARKED, DELETE_PARTITION_STARTED)) {
            fixture.done(mark(state));
            assertThat(leader.find(0, 5)).contains(id(segment));
        }
        fixture.done(mark(DELETE_PARTITION_FINISHED));

        assertThat(leader.manager.isReady(PARTITION)).isFalse();
        assertThat(fixture.snapshots()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        ", DELETE_PARTITION_STARTED",
        ", DELETE_PARTITION_FINISHED",
        "DELETE_PARTITION_MARKED, DELETE_PARTITION_FINISHED",
        "DELETE_PARTITION_STARTED, DELETE_PARTITION_MARKED",
    })
    void a_partitions_deletion_skips_no_state_and_takes_none_back(
            RemotePartitionDeleteState before, RemotePartitionDeleteState asked) throws RemoteStorageException {
        for (RemotePartitionDeleteState state : RemotePartitionDeleteState.values()) {
            if (before != null && state.compareTo(before) <= 0) {
                fixture.done(mark(state));
            }
        }

        assertThat(mark(asked)).isCompletedExceptionally();
        assertThat(leader.manager.isReady(PARTITION)).isTrue();
    }

    @Test
    void a_partition_that_is_stopped_and_led_again_is_as_it_was() throws RemoteStorageException {
        RemoteLogSegmentMetadata segment = leader.copy(segment(0, 9, Map.of(0, 0L)));
        leader.manager.onStopPartitions(Set.of(PARTITION));
        assertThatThrownBy(leader::list).isInstanceOf(RemoteStorageException.class);

        leader.lead(1);

        assertThat(leader.list()).containsExactly(id(segment));
    }

    private void bring(RemoteLogSegmentMetadata segment, RemoteLogSegmentState state) throws RemoteStorageException {
        fixture.done(leader.manager.addRemoteLogSegmentMetadata(segment));
        if (state != COPY_SEGMENT_STARTED) {
            fixture.done(leader.update(segment, state));
        }
    }

    private Optional<RemoteLogSegmentState> listed() throws RemoteStorageException {
        var all = leader.manager.listRemoteLogSegments(PARTITION);
        return all.hasNext() ? Optional.of(all.next().state()) : Optional.empty();
    }

    private Uuid copyWithoutObject(RemoteLogSegmentMetadata segment) throws RemoteStorageException {
        bring(segment, COPY_SEGMENT_FINISHED);
        return id(segment);
    }

    private static RemoteLogSegmentMetadata withAborted(long base, long end, Map<Integer, Long> epochs) {
        RemoteLogSegmentId id = new RemoteLogSegmentId(PARTITION, Uuid.randomUuid());
        return new RemoteLogSegmentMetadata(id, base, end, 1_000, 1, 2_000, MetadataFixture.SIZE, epochs, false);
    }

    private Optional<Uuid> nextWithAborted(int epoch, long offset) throws RemoteStorageException {
        return leader.manager.nextSegmentWithTxnIndex(PARTITION, epoch, offset).map(MetadataFixture::id);
    }

    private CompletableFuture<Void> mark(RemotePartitionDeleteState state) throws RemoteStorageException {
        return leader.manager.putRemotePartitionDeleteMetadata(
                new RemotePartitionDeleteMetadata(PARTITION, state, 0, 1));
    }
}
