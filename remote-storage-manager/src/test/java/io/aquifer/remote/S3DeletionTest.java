package io.aquifer.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.object.ObjectStore;
import io.aquifer.object.SimulatedCall;
import io.aquifer.object.SimulatedFault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteResourceNotFoundException;
import org.apache.kafka.server.log.remote.storage.RemoteStorageManager.IndexType;
import org.apache.kafka.server.log.remote.storage.RetriableRemoteStorageException;
import org.junit.jupiter.api.Test;

/** Segments go away, at the latest after the next start. */
class S3DeletionTest extends S3StorageFixture {

    @Test
    void a_deleted_segment_goes_away_in_the_background() throws Exception {
        LocalSegment segment = segment(1000);
        S3RemoteStorageManager manager = manager();
        RemoteLogSegmentMetadata copied = copy(manager, segment);

        manager.deleteLogSegmentData(copied);

        Stores.awaitUntil(() -> bucket.bucket().keys().isEmpty());
    }

    @Test
    void deleting_what_is_not_there_is_no_failure_however_often() throws Exception {
        LocalSegment segment = segment(1000);
        S3RemoteStorageManager manager = manager();

        for (int i = 0; i < 3; i++) {
            assertThatCode(() -> manager.deleteLogSegmentData(segment.metadata()))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void deleting_returns_at_once_and_the_segment_is_gone_for_kafka() throws Exception {
        LocalSegment segment = segment(1000);
        Stores.Hanging hanging = new Stores.Hanging("delete");
        S3RemoteStorageManager manager = manager(Stores.answering(bucket, hanging));
        RemoteLogSegmentMetadata copied = copy(manager, segment);
        manager.fetchIndex(copied, IndexType.OFFSET).close();

        manager.deleteLogSegmentData(copied);

        assertThat(bucket.bucket().keys()).hasSize(1);
        assertThatThrownBy(() -> manager.fetchLogSegment(copied, 0))
                .isInstanceOf(RemoteResourceNotFoundException.class);
        assertThatThrownBy(() -> manager.fetchIndex(copied, IndexType.OFFSET))
                .isInstanceOf(RemoteResourceNotFoundException.class);
        assertThatThrownBy(() -> copy(manager, segment)).isInstanceOf(RetriableRemoteStorageException.class);
    }

    @Test
    void a_promised_deletion_survives_a_restart() throws Exception {
        S3RemoteStorageManager first = manager(Stores.answering(bucket, new Stores.Hanging("delete")));
        RemoteLogSegmentMetadata copied = copy(first, segment(1000));
        first.deleteLogSegmentData(copied);
        first.close();
        assertThat(bucket.bucket().keys()).hasSize(1);

        manager();

        Stores.awaitUntil(() -> bucket.bucket().keys().isEmpty());
    }

    @Test
    void a_promise_is_on_disk_before_it_is_given() throws Exception {
        S3RemoteStorageManager manager = manager(Stores.answering(bucket, new Stores.Hanging("delete")));
        manager.deleteLogSegmentData(copy(manager, segment(1000)));

        assertThat(Files.readAllLines(folder.resolve("deletions")))
                .hasSize(2)
                .last()
                .asString()
                .endsWith(" " + onlyKey());
    }

    @Test
    void a_deletion_that_fails_is_tried_again() throws Exception {
        bucket.putIfAbsent("a", ByteBuffer.wrap(new byte[1])).join();
        bucket.faults().next(SimulatedCall.Kind.DELETE, SimulatedFault.DENIED);
        bucket.faults().next(SimulatedCall.Kind.DELETE, SimulatedFault.THROTTLED);
        DeletionJournal journal = DeletionJournal.open(folder.resolve("journal"));

        try (BackgroundDeletions deletions =
                new BackgroundDeletions(bucket, journal, Duration.ofMillis(1), Duration.ofMillis(2))) {
            deletions.promise("a");
            Stores.awaitUntil(() -> !deletions.awaits("a"));
        }

        assertThat(bucket.bucket().keys()).isEmpty();
        assertThat(calls(SimulatedCall.Kind.DELETE)).isEqualTo(3);
    }

    @Test
    void an_error_does_not_end_the_deletions() throws Exception {
        bucket.putIfAbsent("a", ByteBuffer.wrap(new byte[1])).join();
        AtomicBoolean failed = new AtomicBoolean();
        ObjectStore store = Stores.answering(bucket, called -> {
            if (called.equals("delete") && failed.compareAndSet(false, true)) {
                throw new NoClassDefFoundError("gone");
            }
            return null;
        });

        try (BackgroundDeletions deletions = new BackgroundDeletions(
                store, DeletionJournal.open(folder.resolve("journal")), Duration.ofMillis(1), Duration.ofMillis(2))) {
            deletions.promise("a");
            Stores.awaitUntil(() -> bucket.bucket().keys().isEmpty());
        }
    }

    @Test
    void a_line_cut_off_by_a_crash_is_no_promise() throws Exception {
        Path file = folder.resolve("journal");
        try (DeletionJournal journal = DeletionJournal.open(file)) {
            journal.add("first");
            journal.add("second");
        }
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 3));

        try (DeletionJournal journal = DeletionJournal.open(file)) {
            assertThat(journal.oldest(10)).containsExactly("first");
            journal.add("third");
        }
        try (DeletionJournal journal = DeletionJournal.open(file)) {
            assertThat(journal.oldest(10)).containsExactly("first", "third");
        }
    }

    @Test
    void what_is_done_leaves_the_journal() throws Exception {
        Path file = folder.resolve("journal");
        try (DeletionJournal journal = DeletionJournal.open(file)) {
            journal.add("first");
            journal.add("rest");
            journal.done(List.of("first"));
            assertThat(Files.readAllLines(file)).hasSize(3);
            journal.done(List.of("rest"));
            assertThat(Files.readAllLines(file)).hasSize(1);
            journal.add("next");
        }
        assertThat(Files.readAllLines(file)).hasSize(2);
    }

    @Test
    void a_file_that_is_no_journal_is_left_alone() throws Exception {
        Path file = folder.resolve("journal");
        Files.writeString(file, "somebody's file\n", StandardOpenOption.CREATE);

        assertThatThrownBy(() -> DeletionJournal.open(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("aquifer.deletions.path");
        assertThat(file).hasContent("somebody's file\n");
    }
}
