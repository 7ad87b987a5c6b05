package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.wal.layout.LogId;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that is gone stays gone, and its successor is another. */
class DeletionTest {

    private static final TopicPartition PARTITION = new TopicPartition("shared", 0);

    @TempDir
    Path root;

    private Broker broker;
    private UnifiedLog log;

    @BeforeEach
    void start() throws IOException {
        broker = new Broker(root).sharedTopic("shared").start();
        log = broker.create(PARTITION);
        log.appendAsLeader(Batches.of("old"), 0);
        broker.awaitDurable();
    }

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void aLogIsGoneFromTheWalAsSoonAsItIsMarkedForDeletion() {
        LogId id = broker.shared(PARTITION).id();
        broker.delete(PARTITION);
        assertThat(broker.shared(PARTITION)).isNull();
        assertThat(log.dir().getName()).endsWith("-delete");
        Eventually.holds("the deletion is durable", () -> broker.inWal(id).deleted());
    }

    @Test
    void aTopicOfTheSameNameStartsEmpty() throws IOException {
        broker.delete(PARTITION);
        broker.recreateTopic("shared");
        UnifiedLog next = broker.create(PARTITION);
        assertThat(next.logEndOffset()).isZero();
        next.appendAsLeader(Batches.of("new"), 0);
        broker.awaitDurable();
        LocalFiles.lose(broker.dirOf(PARTITION), broker::crash);
        broker.start();
        assertThat(Batches.values(broker.log(PARTITION))).containsExactly("0:new");
    }

    @Test
    void aReplicaThatLeftAndCameBackStartsEmpty() throws IOException {
        LogId left = broker.shared(PARTITION).id();
        broker.delete(PARTITION);
        UnifiedLog back = broker.create(PARTITION);
        assertThat(broker.shared(PARTITION).id().topicId()).isEqualTo(left.topicId());
        assertThat(broker.shared(PARTITION).id().incarnation()).isNotEqualTo(left.incarnation());
        back.appendAsFollower(Batches.at(0, 1, "new"), 1);
        broker.awaitDurable();
        LocalFiles.lose(broker.dirOf(PARTITION), broker::crash);
        broker.start();
        assertThat(Batches.values(broker.log(PARTITION))).containsExactly("0:new");
    }

    @Test
    void aDeletionThatTheWalMissedIsMadeUpForAtTheNextStart() throws IOException {
        LogId id = broker.shared(PARTITION).id();
        broker.device().hold();
        broker.delete(PARTITION);
        File deleted = log.dir();
        broker.crash();
        broker.start();
        assertThat(deleted).exists();
        Eventually.holds("the deletion is durable", () -> broker.inWal(id).deleted());
        assertThat(broker.runtime().logs().unopened()).isEmpty();
    }

    @Test
    void aStrayLogIsForgottenToo() throws IOException {
        LogId id = broker.shared(PARTITION).id();
        broker.logManager().asyncDelete(PARTITION, false, true, true);
        assertThat(log.dir().getName()).endsWith("-stray");
        Eventually.holds("it is forgotten", () -> broker.inWal(id).deleted());
        broker.crash();
        broker.start();
        assertThat(broker.runtime().logs().unopened()).isEmpty();
        assertThat(broker.shared(PARTITION)).isNull();
    }

    @Test
    void theFilesOfADeletedLogCanBeRemoved() throws IOException {
        broker.delete(PARTITION);
        File deleted = log.dir();
        log.delete();
        assertThat(Files.exists(deleted.toPath())).isFalse();
    }

    @Test
    void nothingIsKeptOfADeletedLog() throws IOException {
        broker.delete(PARTITION);
        LogSegment late = LogSegment.open(log.dir(), 100, log.config(), Time.SYSTEM, 0, false);
        assertThat(late.getClass()).isEqualTo(LogSegment.class);
        late.close();
    }

    @Test
    void aDeletedLogThatIsFoundAtStartIsNotKeptEither() throws IOException {
        broker.delete(PARTITION);
        File deleted = log.dir();
        broker.crash();
        broker.start();
        LogSegment late = LogSegment.open(deleted, 100, log.config(), Time.SYSTEM, 0, false);
        assertThat(late.getClass()).isEqualTo(LogSegment.class);
        late.close();
    }
}
