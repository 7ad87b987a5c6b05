package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A follower of shared partitions. */
class FollowerTest {

    private static final TopicPartition SHARED = new TopicPartition("shared", 0);
    private static final TopicPartition STOCK = new TopicPartition("stock", 0);
    private static final TopicPartition OTHER = new TopicPartition("other", 0);

    @TempDir
    Path root;

    private Broker broker;
    private Replicas replicas;
    private FakeLeader leader;

    @BeforeEach
    void startImpatient() throws IOException {
        start("impatient", 20);
    }

    private void start(String name, long appendTimeoutMs) throws IOException {
        broker = new Broker(root.resolve(name))
                .with(AquiferConfig.WAL_APPEND_TIMEOUT_MS_CONFIG, Long.toString(appendTimeoutMs))
                .sharedTopic("shared")
                .topic("stock")
                .sharedTopic("other")
                .start();
        replicas = new Replicas(broker);
        leader = new FakeLeader(broker, replicas);
        broker.create(SHARED);
        broker.create(OTHER);
        replicas.follow(SHARED, 1);
        replicas.follow(STOCK, 1);
        broker.device().hold();
    }

    @AfterEach
    void close() {
        broker.device().letGo();
        replicas.close();
        broker.close();
    }

    @Test
    void anEndIsReportedOnlyOnceItIsDurableHere() {
        leader.serves(SHARED, Batches.together(Batches.at(0, 1, "a"), Batches.at(1, 1, "b")));
        fetchUntilEnd(SHARED, 2);
        for (int i = 0; i < 3; i++) {
            leader.followerFetches();
        }
        assertThat(leader.reportedEnd(SHARED)).isZero();

        broker.device().letGo();
        broker.awaitDurable();
        Eventually.holds("the end is reported", () -> {
            leader.followerFetches();
            return leader.reportedEnd(SHARED) == 2;
        });
    }

    @Test
    void whatIsNotSharedIsReportedAtOnce() {
        leader.serves(SHARED, Batches.at(0, 1, "a"));
        leader.serves(STOCK, Batches.at(0, 1, "a"));
        fetchUntilEnd(SHARED, 1);
        fetchUntilEnd(STOCK, 1);
        leader.followerFetches();
        assertThat(leader.reportedEnd(STOCK)).isEqualTo(1);
        assertThat(leader.reportedEnd(SHARED)).isZero();
    }

    @Test
    void aFollowerWaitsForItsOwnAppendsBeforeItFetchesOn() {
        leader.serves(SHARED, Batches.at(0, 1, "a"));
        fetchUntilEnd(SHARED, 1);
        broker.device().letGo();
        leader.followerFetches();
        assertThat(leader.reportedEnd(SHARED)).isEqualTo(1);
    }

    @Test
    void aFollowerWithoutRoomFetchesAgainUntilThereIs() {
        fill();
        leader.serves(SHARED, Batches.at(0, 1, "x".repeat(50_000)));
        for (int i = 0; i < 3; i++) {
            leader.followerFetches();
        }
        assertThat(leader.hasFailed(SHARED)).isFalse();
        assertThat(broker.log(SHARED).logEndOffset()).isZero();

        broker.device().letGo();
        fetchUntilEnd(SHARED, 1);
        assertThat(leader.hasFailed(SHARED)).isFalse();
    }

    @Test
    void aFollowerThatFetchedMoreThanItsWalHoldsFetchesTheRestAgain() {
        broker.topic("many", "remote.storage.enable", "true");
        for (int i = 0; i < 5; i++) {
            TopicPartition partition = new TopicPartition("many", i);
            replicas.follow(partition, 1);
            leader.serves(partition, Batches.at(0, 1, "x".repeat(200_000)));
        }
        Eventually.holds("some of it is appended", () -> {
            leader.followerFetches();
            return end("many") >= 2;
        });
        for (int i = 0; i < 3; i++) {
            leader.followerFetches();
        }
        assertThat(end("many")).isLessThan(5);
        for (int i = 0; i < 5; i++) {
            assertThat(leader.hasFailed(new TopicPartition("many", i))).isFalse();
        }
        broker.device().letGo();
        for (int i = 0; i < 5; i++) {
            fetchUntilEnd(new TopicPartition("many", i), 1);
        }
    }

    @Test
    void nothingStaysReservedAfterAFetch() {
        broker.device().letGo();
        leader.serves(SHARED, Batches.at(0, 1, "x".repeat(50_000)));
        fetchUntilEnd(SHARED, 1);
        broker.awaitDurable();
        Eventually.holds("all memory is free", () -> broker.runtime().wal().memoryUsed() == 0);
    }

    @Test
    void aRoomThatIsRefusedLeavesNothingReserved() {
        fill();
        long used = broker.runtime().wal().memoryUsed();
        Map<TopicPartition, PartitionData> fetched =
                Map.of(SHARED, new PartitionData().setRecords(Batches.ofSize(100_000)));
        assertThatThrownBy(() -> broker.runtime().gate().reserveFetched(fetched))
                .isInstanceOf(NotEnoughReplicasException.class)
                .hasMessageContaining("fetched again");
        assertThat(broker.runtime().wal().memoryUsed()).isEqualTo(used);
    }

    @Test
    @Timeout(120)
    void whatItFollowsCanBeChangedWhileItWaitsForRoom() throws Exception {
        startPatient();
        fill();
        leader.serves(SHARED, Batches.at(0, 1, "x".repeat(50_000)));
        Thread fetcher = new Thread(leader::followerFetches);
        fetcher.start();
        leaveAndFollowWhileItWaits(fetcher, "reserve");
        fetchUntilEnd(SHARED, 1);
        assertThat(leader.hasFailed(SHARED)).isFalse();
    }

    @Test
    @Timeout(120)
    void whatItFollowsCanBeChangedWhileItWaitsForItsOwnAppends() throws Exception {
        startPatient();
        leader.serves(SHARED, Batches.at(0, 1, "a"));
        Thread fetcher = new Thread(() -> {
            fetchUntilEnd(SHARED, 1);
            leader.followerFetches();
        });
        fetcher.start();
        leaveAndFollowWhileItWaits(fetcher, "awaitDurable");
        assertThat(leader.hasFailed(SHARED)).isFalse();
    }

    /** In place of the other, a broker that waits for room for as long as it takes. */
    private void startPatient() throws IOException {
        close();
        start("patient", 3_600_000);
    }

    /** To change what a fetcher follows takes its lock. */
    private void leaveAndFollowWhileItWaits(Thread fetcher, String where) throws InterruptedException {
        Eventually.holds("it waits in " + where, () -> waits(fetcher, where));
        leader.isLeft(SHARED);
        leader.isFollowed(SHARED);
        assertThat(waits(fetcher, where)).isTrue();

        broker.device().letGo();
        fetcher.join();
    }

    private static boolean waits(Thread thread, String method) {
        return thread.getState() == Thread.State.TIMED_WAITING
                && Stream.of(thread.getStackTrace())
                        .anyMatch(frame -> frame.getMethodName().equals(method));
    }

    private long end(String topic) {
        long end = 0;
        for (int i = 0; i < 5; i++) {
            end += broker.log(new TopicPartition(topic, i)).logEndOffset();
        }
        return end;
    }

    private void fetchUntilEnd(TopicPartition partition, long end) {
        Eventually.holds(partition + " is fetched", () -> {
            leader.followerFetches();
            return broker.log(partition).logEndOffset() == end;
        });
    }

    private void fill() {
        UnifiedLog other = broker.log(OTHER);
        assertThatThrownBy(() -> {
                    while (true) {
                        other.appendAsLeader(Batches.ofSize(50_000), 0);
                    }
                })
                .isInstanceOf(NotEnoughReplicasException.class);
    }
}
