package io.aquifer.wal.append;

import static io.aquifer.wal.append.TestLog.BLOCK_SIZE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.sim.Faults;
import io.aquifer.sim.ForwardingDevice;
import io.aquifer.wal.layout.BlockHeader;
import io.aquifer.wal.layout.RecordHeader;
import io.aquifer.wal.layout.Superblock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class WalWritersTest {

    private static final int ALONE = BLOCK_SIZE - BlockHeader.SIZE - RecordHeader.SIZE;
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration SHORT = Duration.ofMillis(50);

    private final TestLog test = new TestLog(256, 128, BLOCK_SIZE);
    private final WriteAheadLog log = test.log;
    private WalWriters writers;

    WalWritersTest() throws IOException {}

    @AfterEach
    void stop() {
        test.device.close();
        if (writers != null) {
            assertThat(writers.close()).as("every thread has ended").isTrue();
        }
    }

    @Test
    void whatIsCommittedBecomesDurableAndIsFoundAgain() throws Exception {
        AtomicInteger observed = new AtomicInteger();
        start(new SyncGuard(test.device), LONG, (bytes, records, nanos) -> observed.addAndGet(records));
        for (int i = 0; i < 50; i++) {
            log.awaitDurable(test.append(ALONE).block());
        }
        assertThat(test.durable).hasSize(50).isSorted();
        assertThat(Objects.requireNonNull(test.recovered().log(TestLog.LOG)).extents())
                .hasSize(50);
        assertThat(writers.close()).isTrue();
        assertThat(observed).hasValue(50);
    }

    @Test
    void aBlockThatLandsEarlyWaitsForTheOneInFrontOfIt() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch secondLanded = new CountDownLatch(1);
        start(
                new SyncGuard(new ForwardingDevice(test.device) {
                    @Override
                    public void write(long position, ByteBuffer source) throws IOException {
                        if (position == Superblock.RING_OFFSET) {
                            await(go);
                        }
                        super.write(position, source);
                        if (position > Superblock.RING_OFFSET) {
                            secondLanded.countDown();
                        }
                    }
                }),
                LONG,
                WalObserver.NONE);
        Claim first = test.append(ALONE);
        Claim second = test.append(ALONE);
        secondLanded.await();
        assertThat(log.durablePosition()).isZero();
        assertThat(log.awaitDurable(second.block(), 0)).isFalse();
        go.countDown();
        log.awaitDurable(second.block());
        assertThat(log.awaitDurable(first.block(), 0)).isTrue();
        assertThat(test.durable).containsExactly(0L, 1L);
    }

    @Test
    void afterAFailedWriteNothingIsAcknowledgedAndWhoeverWaitsIsTold() throws Exception {
        AtomicInteger written = new AtomicInteger();
        test.device.inject(new Faults() {
            @Override
            public Fate write(long position, int length) {
                return written.getAndIncrement() == 1 ? Fate.FAIL : Fate.SUCCEED;
            }
        });
        start(new SyncGuard(test.device), LONG, WalObserver.NONE);
        CompletableFuture<IOException> heard = new CompletableFuture<>();
        log.onFailure(heard::complete);
        log.awaitDurable(test.append(ALONE).block());
        Claim lost = test.append(ALONE);
        assertThatThrownBy(() -> log.awaitDurable(lost.block()))
                .isInstanceOf(WalFailedException.class)
                .hasMessageContaining("writing 512 bytes at position 512 to simulated device failed");
        assertThat(heard.get(30, TimeUnit.SECONDS)).isSameAs(log.failure());
        assertThatThrownBy(() -> test.append(ALONE)).isInstanceOf(WalFailedException.class);
        assertThat(test.durable).containsExactly(0L);
        assertThat(log.durablePosition()).isEqualTo(BLOCK_SIZE);
    }

    @Test
    void aWaitingWriterEndsWithTheFailureAndWritesNothingMore() throws Exception {
        AtomicInteger written = new AtomicInteger();
        start(
                new SyncGuard(new ForwardingDevice(test.device) {
                    @Override
                    public void write(long position, ByteBuffer source) throws IOException {
                        written.incrementAndGet();
                        super.write(position, source);
                    }
                }),
                LONG,
                WalObserver.NONE);
        Claim claim = test.claim(ALONE);
        log.fail(new IOException("elsewhere"));
        TestLog.fill(claim);
        claim.commit();
        assertThat(writers.close()).isTrue();
        assertThat(written).hasValue(0);
    }

    @Test
    void aFailedSyncFailsTheWal() throws Exception {
        test.device.inject(new Faults() {
            @Override
            public Fate sync() {
                return Fate.FAIL;
            }
        });
        start(new SyncGuard(test.device), LONG, WalObserver.NONE);
        Claim claim = test.append(ALONE);
        assertThatThrownBy(() -> log.awaitDurable(claim.block())).isInstanceOf(WalFailedException.class);
        assertThat(test.durable).isEmpty();
    }

    @Test
    void aWriteThatHangsFailsTheWalAtItsDeadline() throws Exception {
        hangs(position -> position >= Superblock.RING_OFFSET);
        start(new SyncGuard(test.device), SHORT, WalObserver.NONE);
        Claim claim = test.append(ALONE);
        assertThatThrownBy(() -> log.awaitDurable(claim.block()))
                .isInstanceOf(WalFailedException.class)
                .hasMessageContaining("hasn't returned")
                .hasMessageContaining("aquifer.wal.device.timeout.ms=50");
        assertThat(test.durable).isEmpty();
    }

    @Test
    void aWriteOfTheSuperblockThatHangsFailsTheWalToo() throws Exception {
        hangs(position -> position < Superblock.RING_OFFSET);
        start(new SyncGuard(test.device), SHORT, WalObserver.NONE);
        log.awaitDurable(test.append(ALONE).block());
        CompletableFuture<IOException> heard = new CompletableFuture<>();
        log.onFailure(heard::complete);
        Thread trimmer = new Thread(() -> {
            try {
                log.trim(BLOCK_SIZE, false);
            } catch (IOException e) {
                heard.completeExceptionally(new AssertionError("the trim returned before the WAL had failed", e));
            }
        });
        trimmer.start();
        assertThat(heard.get(60, TimeUnit.SECONDS)).hasMessageContaining("hasn't returned");
        assertThat(log.close()).as("the superblock's buffer is in use").isFalse();
        test.device.close();
        trimmer.join();
    }

    @Test
    void closingLeavesWhatIsNotWrittenAndWakesNobodyByItself() throws Exception {
        start(new SyncGuard(test.device), LONG, WalObserver.NONE);
        assertThat(writers.close()).isTrue();
        Claim claim = test.append(ALONE);
        assertThat(log.awaitDurable(claim.block(), 1)).isFalse();
        log.close();
        assertThatThrownBy(() -> log.awaitDurable(claim.block())).isInstanceOf(WalFailedException.class);
    }

    private void start(SyncGuard device, Duration timeout, WalObserver observer) {
        writers = new WalWriters(log, device, new WalSettings(1 << 20, BLOCK_SIZE, 4, timeout), observer);
    }

    private void hangs(LongPredicate where) {
        test.device.inject(new Faults() {
            @Override
            public Fate write(long position, int length) {
                return where.test(position) ? Fate.HANG : Fate.SUCCEED;
            }
        });
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
