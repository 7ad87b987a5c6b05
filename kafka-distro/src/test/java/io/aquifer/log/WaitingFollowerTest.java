package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A follower that waits for its WAL lets others change what it follows, for which they need the lock of its fetcher. */
@Timeout(120)
class WaitingFollowerTest {

    private static final TopicPartition SHARED = new TopicPartition("shared", 0);
    private static final TopicPartition OTHER = new TopicPartition("other", 0);

    @TempDir
    Path root;

    private Broker broker;
    private Replicas replicas;
    private FakeLeader leader;

    @BeforeEach
    void start() throws IOException {
        broker = new Broker(root)
                .with(AquiferConfig.WAL_APPEND_TIMEOUT_MS_CONFIG, "3600000")
                .sharedTopic("shared")
                .sharedTopic("other")
                .start();
        replicas = new Replicas(broker);
        leader = new FakeLeader(broker, replicas);
        broker.create(SHARED);
        broker.create(OTHER);
        replicas.follow(SHARED, 1);
        broker.device().hold();
    }

    @AfterEach
    void close() {
        broker.device().letGo();
        replicas.close();
        broker.close();
    }

    @Test
    void whileItWaitsForRoom() throws InterruptedException {
        fill();
        leader.serves(SHARED, Batches.at(0, 1, "x".repeat(50_000)));
        Thread fetcher = new Thread(leader::followerFetches);
        fetcher.start();
        leaveAndFollowWhileItWaits(fetcher, "reserve");
        fetchOne();
        assertThat(leader.hasFailed(SHARED)).isFalse();
    }

    @Test
    void whileItWaitsForItsOwnAppends() throws InterruptedException {
        leader.serves(SHARED, Batches.at(0, 1, "a"));
        Thread fetcher = new Thread(() -> {
            fetchOne();
            leader.followerFetches();
        });
        fetcher.start();
        leaveAndFollowWhileItWaits(fetcher, "awaitDurable");
        assertThat(leader.hasFailed(SHARED)).isFalse();
    }

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

    private void fetchOne() {
        Eventually.holds("it is fetched", () -> {
            leader.followerFetches();
            return broker.log(SHARED).logEndOffset() == 1;
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
