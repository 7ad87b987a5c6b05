package io.aquifer.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.server.log.remote.storage.LogSegmentData;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentId;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadataUpdate;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentState;
import org.apache.kafka.server.log.remote.storage.RemotePartitionDeleteMetadata;
import org.apache.kafka.server.log.remote.storage.RemotePartitionDeleteState;
import org.apache.kafka.server.log.remote.storage.RemoteResourceNotFoundException;
import org.apache.kafka.server.log.remote.storage.RemoteStorageException;
import org.apache.kafka.server.log.remote.storage.RemoteStorageManager.IndexType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class LocalModeTest {

    private static final TopicIdPartition PARTITION =
            new TopicIdPartition(Uuid.fromString("c1dNbzBlTTmzV3pQzJ2Y3Q"), 0, "shared");
    private static final RemoteLogSegmentMetadata SEGMENT = new RemoteLogSegmentMetadata(
            new RemoteLogSegmentId(PARTITION, Uuid.fromString("8rqBdyJ6Sm2p1fSu0B3a1w")),
            0,
            99,
            1_000,
            1,
            2_000,
            4_096,
            Map.of(0, 0L));

    private final LocalRemoteStorageManager storage = new LocalRemoteStorageManager();
    private final LocalRemoteLogMetadataManager metadata = new LocalRemoteLogMetadataManager();

    @Test
    void refusesACopyAndSaysWhatToSetInstead() {
        LogSegmentData data = new LogSegmentData(
                Path.of("0.log"),
                Path.of("0.index"),
                Path.of("0.timeindex"),
                Optional.empty(),
                Path.of("0.snapshot"),
                ByteBuffer.allocate(0));

        assertThatThrownBy(() -> storage.copyLogSegmentData(SEGMENT, data))
                .isExactlyInstanceOf(RemoteStorageException.class)
                .hasMessageContaining("remote.log.copy.disable=true")
                .hasMessageContaining(SEGMENT.remoteLogSegmentId().toString());
    }

    @Test
    void refusesACopyBeforeAnyOfItIsDone() {
        assertThatThrownBy(() -> metadata.addRemoteLogSegmentMetadata(SEGMENT))
                .isExactlyInstanceOf(RemoteStorageException.class)
                .hasMessageContaining("remote.log.copy.disable=true");
    }

    @Test
    void finishesNoCopyThatWasNeverBegun() {
        assertThatThrownBy(() ->
                        metadata.updateRemoteLogSegmentMetadata(update(RemoteLogSegmentState.COPY_SEGMENT_FINISHED)))
                .isInstanceOf(RemoteResourceNotFoundException.class);
    }

    @Test
    void rejectsWhatTheContractForbids() {
        RemoteLogSegmentMetadata finished =
                SEGMENT.createWithUpdates(update(RemoteLogSegmentState.COPY_SEGMENT_FINISHED));

        assertThatThrownBy(() -> metadata.addRemoteLogSegmentMetadata(finished))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        metadata.updateRemoteLogSegmentMetadata(update(RemoteLogSegmentState.COPY_SEGMENT_STARTED)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource(value = RemoteLogSegmentState.class, mode = Mode.MATCH_ALL, names = "DELETE.*")
    void deletesASegmentAsOftenAsAsked(RemoteLogSegmentState state) throws RemoteStorageException {
        for (int i = 0; i < 2; i++) {
            assertThat(metadata.updateRemoteLogSegmentMetadata(update(state))).isCompletedWithValue(null);
            assertThatCode(() -> storage.deleteLogSegmentData(SEGMENT)).doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @EnumSource(RemotePartitionDeleteState.class)
    void deletesAPartitionAsOftenAsAsked(RemotePartitionDeleteState state) {
        for (int i = 0; i < 2; i++) {
            assertThat(metadata.putRemotePartitionDeleteMetadata(
                            new RemotePartitionDeleteMetadata(PARTITION, state, 3_000, 1)))
                    .isCompletedWithValue(null);
        }
    }

    @Test
    void isReadyAtOnceAndHasNoRemoteSegment() throws RemoteStorageException {
        metadata.onPartitionLeadershipChanges(Set.of(PARTITION), Set.of());

        assertThat(metadata.isReady(PARTITION)).isTrue();
        assertThat(metadata.listRemoteLogSegments(PARTITION)).isExhausted();
        assertThat(metadata.listRemoteLogSegments(PARTITION, 0)).isExhausted();
        assertThat(metadata.highestOffsetForEpoch(PARTITION, 0)).isEmpty();
        assertThat(metadata.remoteLogSegmentMetadata(PARTITION, 0, 5)).isEmpty();
        assertThat(metadata.nextSegmentWithTxnIndex(PARTITION, 0, 5)).isEmpty();
        assertThat(metadata.remoteLogSize(PARTITION, 0)).isZero();
    }

    @Test
    void findsNothingToRead() {
        assertThatThrownBy(() -> storage.fetchLogSegment(SEGMENT, 0))
                .isInstanceOf(RemoteResourceNotFoundException.class);
        assertThatThrownBy(() -> storage.fetchLogSegment(SEGMENT, 0, 10))
                .isInstanceOf(RemoteResourceNotFoundException.class);
        assertThatThrownBy(() -> storage.fetchIndex(SEGMENT, IndexType.OFFSET))
                .isInstanceOf(RemoteResourceNotFoundException.class)
                .hasMessageContaining(SEGMENT.remoteLogSegmentId().toString());
    }

    private static RemoteLogSegmentMetadataUpdate update(RemoteLogSegmentState state) {
        return new RemoteLogSegmentMetadataUpdate(SEGMENT.remoteLogSegmentId(), 3_000, Optional.empty(), state, 1);
    }
}
