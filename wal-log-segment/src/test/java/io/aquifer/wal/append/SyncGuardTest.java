package io.aquifer.wal.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.sim.Faults;
import io.aquifer.sim.ForwardingDevice;
import io.aquifer.sim.Seeds;
import io.aquifer.sim.SimulatedBlockDevice;
import io.aquifer.wal.device.Durability;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SyncGuardTest {

    private final SimulatedBlockDevice device =
            new SimulatedBlockDevice(1 << 16, 512, Durability.SYNC, Seeds.random(1));
    private final SyncGuard guard = new SyncGuard(device);
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    @Test
    void afterAFailedSyncEveryLaterOneFailsThoughTheDeviceWouldSucceed() {
        AtomicInteger asked = new AtomicInteger();
        device.inject(new Faults() {
            @Override
            public Fate sync() {
                return asked.getAndIncrement() == 0 ? Fate.FAIL : Fate.SUCCEED;
            }
        });
        assertThatThrownBy(guard::sync).isInstanceOf(IOException.class).hasMessageContaining("injected");
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(guard::sync)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("an earlier sync of simulated device failed")
                    .hasRootCauseMessage("injected: the sync failed");
        }
        assertThat(asked).hasValue(1);
    }

    @Test
    void syncsOverlap() throws Exception {
        Gates gates = new Gates(2);
        SyncGuard overlapping = new SyncGuard(gates);
        Future<?> first = sync(overlapping);
        gates.begun(0).await();
        Future<?> second = sync(overlapping);
        gates.begun(1).await();
        gates.open(0);
        first.get(30, TimeUnit.SECONDS);
        assertThat(second.isDone()).isFalse();
        gates.open(1);
        second.get(30, TimeUnit.SECONDS);
    }

    @Test
    void aSyncCountsOnlyOnceAllThatBeganBeforeItHaveSucceeded() throws Exception {
        Gates gates = new Gates(3);
        SyncGuard overlapping = new SyncGuard(gates);
        Future<?> first = sync(overlapping);
        gates.begun(0).await();
        Future<?> second = sync(overlapping);
        gates.begun(1).await();
        gates.open(1);
        gates.returned(1).await();
        Future<?> third = sync(overlapping);
        gates.begun(2).await();
        assertThat(second.isDone()).isFalse();
        gates.open(0);
        first.get(30, TimeUnit.SECONDS);
        second.get(30, TimeUnit.SECONDS);
        assertThat(third.isDone()).isFalse();
        gates.open(2);
        third.get(30, TimeUnit.SECONDS);
    }

    @Test
    void aSyncThatSucceedsAfterAnOlderOneFailedDoesNotCount() throws Exception {
        Gates gates = new Gates(2);
        SyncGuard overlapping = new SyncGuard(gates);
        Future<?> first = sync(overlapping);
        gates.begun(0).await();
        Future<?> second = sync(overlapping);
        gates.begun(1).await();
        gates.open(1);
        gates.returned(1).await();
        gates.fail(0);
        assertThatThrownBy(() -> first.get(30, TimeUnit.SECONDS)).hasRootCauseMessage("injected");
        assertThatThrownBy(() -> second.get(30, TimeUnit.SECONDS))
                .hasMessageContaining("an earlier sync")
                .hasRootCauseMessage("injected");
    }

    @Test
    void aSyncThatBreaksKeepsNobodyWaiting() {
        SyncGuard broken = new SyncGuard(new ForwardingDevice(device) {
            @Override
            public void sync() {
                throw new IllegalStateException("a bug");
            }
        });
        assertThatThrownBy(broken::sync).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(broken::sync).isInstanceOf(IOException.class).hasMessageContaining("an earlier sync");
    }

    @Test
    void everyOtherCallGoesToTheDevice() throws IOException {
        assertThat(guard.path()).isEqualTo(device.path());
        assertThat(guard.size()).isEqualTo(device.size());
        assertThat(guard.blockSize()).isEqualTo(512);
        assertThat(guard.writesAreDurable()).isFalse();
        guard.write(512, TestLog.aligned(512).put(0, (byte) 7));
        guard.sync();
        assertThat(device.crash(Seeds.random(2), 1).snapshot()[512]).isEqualTo((byte) 7);
    }

    private Future<?> sync(SyncGuard guarded) {
        return threads.submit(() -> {
            guarded.sync();
            return null;
        });
    }

    /** Each sync, by the order in which they begin, returns when it is let. */
    private final class Gates extends ForwardingDevice {
        private final AtomicInteger next = new AtomicInteger();
        private final List<CountDownLatch> begun;
        private final List<CompletableFuture<Void>> gates;
        private final List<CountDownLatch> returned;

        Gates(int syncs) {
            super(device);
            begun = Stream.generate(() -> new CountDownLatch(1)).limit(syncs).toList();
            gates = Stream.generate(CompletableFuture<Void>::new).limit(syncs).toList();
            returned = Stream.generate(() -> new CountDownLatch(1)).limit(syncs).toList();
        }

        CountDownLatch begun(int sync) {
            return begun.get(sync);
        }

        /** The device has answered; what the guard makes of it follows. */
        CountDownLatch returned(int sync) {
            return returned.get(sync);
        }

        void open(int sync) {
            gates.get(sync).complete(null);
        }

        void fail(int sync) {
            gates.get(sync).completeExceptionally(new IOException("injected"));
        }

        @Override
        public void sync() throws IOException {
            int own = next.getAndIncrement();
            begun.get(own).countDown();
            try {
                gates.get(own).join();
                super.sync();
            } catch (CompletionException e) {
                throw new IOException("the sync failed", e.getCause());
            } finally {
                returned.get(own).countDown();
            }
        }
    }
}
