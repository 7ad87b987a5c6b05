package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.format.Takeovers;
import io.aquifer.format.WalEpoch;
import io.aquifer.object.SimulatedObjectStore;
import io.aquifer.object.StoreWait;
import io.aquifer.rebuild.LostWal;
import io.aquifer.takeover.ReturningWal;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.upload.WalTakeover;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that comes back while its WAL is taken over, or after that. */
class ReturningWalTest {

    private static final TopicPartition PARTITION = new TopicPartition("shared", 0);
    private static final int NODE = Broker.OWNER.nodeId();
    private static final int TAKER = NODE + 1;

    @TempDir
    Path root;

    private final SimulatedObjectStore store = SimulatedObjectStore.eager();
    private final Takeovers takeovers = new Takeovers(store, Broker.KEYS);
    private Broker broker;
    private Superblock before;

    @BeforeEach
    void leaveSomething() throws IOException {
        broker = new Broker(root).sharedTopic("shared").start();
        broker.create(PARTITION).appendAsLeader(Batches.of("a"), 1);
        broker.awaitDurable();
        new Uploads(store, 3).upload(broker);
        before = broker.superblock();
        broker.crash();
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private WalEpoch take(int taker) throws IOException {
        WalEpoch wal = WalTakeover.of(store, Broker.KEYS, NODE).orElseThrow();
        WalTakeover takeover = WalTakeover.of(store, Broker.KEYS, wal, taker);
        takeover.seal();
        takeover.giveUpRest();
        return wal;
    }

    private void await() throws IOException {
        new ReturningWal(store, Broker.KEYS, Broker.OWNER).await(broker.device());
    }

    @Test
    void itWaitsUntilItsPartitionsAreWithOthersAndBeginsWithAnEmptyWalBehindTheOldOne() throws Exception {
        WalEpoch wal = take(TAKER);
        StoreWait.untilDone(takeovers.ask(wal, TAKER));
        Thread waiting = new Thread(() -> {
            try {
                await();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        waiting.start();
        Eventually.blocks(waiting);
        assertThat(broker.superblock()).isEqualTo(before);

        StoreWait.untilDone(takeovers.complete(wal, TAKER));
        waiting.join();

        Superblock begun = broker.superblock();
        assertThat(begun.walId()).isNotEqualTo(before.walId());
        assertThat(begun.epoch()).isEqualTo(WalTakeover.nextGeneration(wal.epoch()));
        assertThat(begun.nodeId()).isEqualTo(NODE);
        LostWal.requireNone(store, Broker.KEYS, NODE, "device", begun.epoch());
        await();
        assertThat(broker.superblock()).isEqualTo(begun);
    }

    @Test
    void aWalThatNobodyTookIsLeftAlone() throws IOException {
        await();

        assertThat(broker.superblock()).isEqualTo(before);
    }

    @Test
    void aWalThatMovesToAnotherDeviceIsLeftAlone() throws IOException {
        take(NODE);

        await();

        assertThat(broker.superblock()).isEqualTo(before);
    }
}
