package io.aquifer.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.object.SimulatedCall;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.server.log.remote.storage.LogSegmentData;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteResourceNotFoundException;
import org.apache.kafka.server.log.remote.storage.RemoteStorageException;
import org.apache.kafka.server.log.remote.storage.RemoteStorageManager.IndexType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class S3RemoteStorageManagerTest extends S3StorageFixture {

    private static final int LENGTH = 200_000;

    @ParameterizedTest
    @CsvSource({"0,199999", "0,0", "1,1", "4095,4096", "5000,199998", "199999,199999", "0,2147483647", "70000,300000"})
    void gives_back_the_bytes_from_one_position_to_another(int from, int last) throws Exception {
        LocalSegment segment = segment(LENGTH);
        S3RemoteStorageManager manager = manager();
        RemoteLogSegmentMetadata copied = copy(manager, segment);

        try (InputStream stream = manager.fetchLogSegment(copied, from, last)) {
            assertThat(stream.readAllBytes())
                    .isEqualTo(Arrays.copyOfRange(segment.data(), from, (int) Math.min(LENGTH, last + 1L)));
            assertThat(stream.read()).isEqualTo(-1);
        }
    }

    @Test
    void gives_back_all_from_a_position_also_byte_by_byte_and_skipping() throws Exception {
        LocalSegment segment = segment(LENGTH);
        S3RemoteStorageManager manager = manager();
        RemoteLogSegmentMetadata copied = copy(manager, segment);

        try (InputStream stream = manager.fetchLogSegment(copied, 10)) {
            assertThat(stream.read()).isEqualTo(segment.data()[10] & 0xff);
            assertThat(stream.skip(99_989)).isEqualTo(99_989);
            assertThat(stream.readAllBytes()).isEqualTo(Arrays.copyOfRange(segment.data(), 100_000, LENGTH));
        }
    }

    @Test
    void gives_back_every_index() throws Exception {
        LocalSegment segment = segment(LENGTH);
        S3RemoteStorageManager manager = manager();
        RemoteLogSegmentMetadata copied = copy(manager, segment);

        assertThat(index(manager, copied, IndexType.OFFSET)).isEqualTo("content of 0.index");
        assertThat(index(manager, copied, IndexType.TIMESTAMP)).isEqualTo("content of 0.timeindex");
        assertThat(index(manager, copied, IndexType.TRANSACTION)).isEqualTo("content of 0.txnindex");
        assertThat(index(manager, copied, IndexType.PRODUCER_SNAPSHOT)).isEqualTo("content of 100.snapshot");
        assertThat(index(manager, copied, IndexType.LEADER_EPOCH)).isEqualTo(LocalSegment.EPOCHS);
    }

    @Test
    void an_index_that_the_segment_has_not_is_not_found() throws Exception {
        LocalSegment segment = LocalSegment.create(folder, LENGTH, false);
        S3RemoteStorageManager manager = manager();
        RemoteLogSegmentMetadata copied = copy(manager, segment);

        assertThatThrownBy(() -> manager.fetchIndex(copied, IndexType.TRANSACTION))
                .isInstanceOf(RemoteResourceNotFoundException.class)
                .hasMessageContaining(onlyKey());
    }

    @Test
    void a_segment_that_is_not_there_is_not_found() throws Exception {
        LocalSegment segment = segment(LENGTH);
        S3RemoteStorageManager manager = manager();

        assertThatThrownBy(() -> manager.fetchLogSegment(segment.metadata(), 0))
                .isInstanceOf(RemoteResourceNotFoundException.class);
        assertThatThrownBy(() -> manager.fetchIndex(segment.metadata(), IndexType.OFFSET))
                .isInstanceOf(RemoteResourceNotFoundException.class);
    }

    @Test
    void custom_metadata_stays_below_kafkas_limit_and_saves_a_request() throws Exception {
        LocalSegment segment = segment(LENGTH);
        S3RemoteStorageManager manager = manager();
        RemoteLogSegmentMetadata copied = copy(manager, segment);
        assertThat(copied.customMetadata().orElseThrow().value()).hasSizeLessThan(128);

        manager.fetchLogSegment(copied, 0).close();
        manager.fetchIndex(copied, IndexType.OFFSET).close();

        assertThat(calls(SimulatedCall.Kind.GET_TAIL)).isZero();
        assertThat(calls(SimulatedCall.Kind.GET))
                .as("one for what is where, two for what was asked")
                .isEqualTo(3);
    }

    @Test
    void a_segment_whose_custom_metadata_was_lost_is_read_all_the_same() throws Exception {
        LocalSegment segment = segment(LENGTH);
        S3RemoteStorageManager manager = manager();
        copy(manager, segment);

        try (InputStream stream = manager.fetchLogSegment(withoutCustomMetadata(segment), 0)) {
            assertThat(stream.readAllBytes()).isEqualTo(segment.data());
        }
    }

    @Test
    void copying_a_segment_again_is_a_success() throws Exception {
        LocalSegment segment = segment(LENGTH);
        S3RemoteStorageManager manager = manager();

        assertThat(copy(manager, segment)).isEqualTo(copy(manager, segment));
        assertThat(bucket.bucket().keys()).hasSize(1);
    }

    @Test
    void another_content_under_the_same_segment_id_is_refused() throws Exception {
        LocalSegment segment = segment(LENGTH);
        S3RemoteStorageManager manager = manager();
        RemoteLogSegmentMetadata copied = copy(manager, segment);
        Files.writeString(segment.files().timeIndex(), "other");

        assertThatThrownBy(() -> copy(manager, segment))
                .isExactlyInstanceOf(RemoteStorageException.class)
                .hasMessageContaining("exists with other content");
        assertThat(index(manager, copied, IndexType.TIMESTAMP)).isEqualTo("content of 0.timeindex");
    }

    @Test
    void a_preallocated_file_is_copied_up_to_the_segments_end() throws Exception {
        LocalSegment segment = segment(LENGTH);
        Files.write(segment.files().logSegment(), new byte[1000], StandardOpenOption.APPEND);
        S3RemoteStorageManager manager = manager();

        try (InputStream stream = manager.fetchLogSegment(copy(manager, segment), 0)) {
            assertThat(stream.readAllBytes()).isEqualTo(segment.data());
        }
    }

    @Test
    void a_file_shorter_than_its_segment_is_not_copied() throws Exception {
        LocalSegment segment = segment(LENGTH);
        Files.write(segment.files().logSegment(), new byte[LENGTH - 1]);

        assertThatThrownBy(() -> copy(manager(), segment))
                .isExactlyInstanceOf(RemoteStorageException.class)
                .hasMessageContaining("was truncated");
        assertThat(bucket.bucket().keys()).isEmpty();
    }

    @Test
    void a_file_that_is_not_there_is_said_so() throws Exception {
        LocalSegment segment = segment(LENGTH);
        Path gone = segment.files().producerSnapshotIndex();
        Files.delete(gone);

        assertThatThrownBy(() -> copy(manager(), segment))
                .isExactlyInstanceOf(RemoteStorageException.class)
                .hasMessageContaining(gone.toString());
    }

    @Test
    void an_empty_segment_is_copied_and_read() throws Exception {
        LocalSegment segment = segment(0);
        S3RemoteStorageManager manager = manager();

        assertThat(manager.fetchLogSegment(copy(manager, segment), 0).read()).isEqualTo(-1);
    }

    @Test
    void the_leader_epochs_are_copied_without_moving_their_buffer() throws Exception {
        LocalSegment segment = segment(10);
        LogSegmentData files = segment.files();
        int before = files.leaderEpochIndex().remaining();

        copy(manager(), segment);

        assertThat(files.leaderEpochIndex().remaining()).isEqualTo(before);
    }

    @Test
    void nothing_works_before_it_is_configured_or_after_it_was_closed() throws Exception {
        LocalSegment segment = segment(10);
        S3RemoteStorageManager manager = manager();
        manager.close();

        assertThatThrownBy(() -> copy(manager, segment)).isInstanceOf(RemoteStorageException.class);
        assertThatThrownBy(() -> manager.fetchLogSegment(segment.copied(Optional.empty()), 0))
                .isInstanceOf(RemoteStorageException.class);
    }

    private static String index(S3RemoteStorageManager manager, RemoteLogSegmentMetadata metadata, IndexType type)
            throws RemoteStorageException, IOException {
        try (InputStream stream = manager.fetchIndex(metadata, type)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
