package io.aquifer.wal.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.sim.Faults;
import io.aquifer.sim.Seeds;
import io.aquifer.sim.SimulatedBlockDevice;
import io.aquifer.wal.device.Durability;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SyncGroupTest {

    private final SimulatedBlockDevice device =
            new SimulatedBlockDevice(1 << 16, 512, Durability.SYNC, Seeds.random(1));
    private final SyncGroup group = new SyncGroup(device);
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
        assertThatThrownBy(group::sync).isInstanceOf(IOException.class).hasMessageContaining("injected");
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(group::sync)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("an earlier sync of simulated device failed")
                    .hasRootCauseMessage("injected: the sync failed");
        }
        assertThat(asked).hasValue(1);
    }

    @Test
    void writersThatWaitForASyncShareTheNext() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        BlockingSyncs blocking = new BlockingSyncs(begun, go);
        SyncGroup shared = new SyncGroup(blocking);
        List<Future<?>> writers = new ArrayList<>();
        writers.add(threads.submit(() -> sync(shared)));
        begun.await();
        List<Thread> waiting = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            writers.add(threads.submit(() -> {
                synchronized (waiting) {
                    waiting.add(Thread.currentThread());
                }
                return sync(shared);
            }));
        }
        awaitAllParked(waiting, 8);
        go.countDown();
        for (Future<?> writer : writers) {
            writer.get(30, TimeUnit.SECONDS);
        }
        assertThat(blocking.syncs)
                .as("one ran, one for the eight that came meanwhile")
                .hasValue(2);
        assertThat(blocking.overlapped).isFalse();
    }

    @Test
    void everyOtherCallGoesToTheDevice() throws IOException {
        assertThat(group.path()).isEqualTo(device.path());
        assertThat(group.size()).isEqualTo(device.size());
        assertThat(group.blockSize()).isEqualTo(512);
        assertThat(group.writesAreDurable()).isFalse();
        group.write(512, TestLog.aligned(512).put(0, (byte) 7));
        group.sync();
        assertThat(device.crash(Seeds.random(2), 1).snapshot()[512]).isEqualTo((byte) 7);
    }

    private static Void sync(SyncGroup group) throws IOException {
        group.sync();
        return null;
    }

    private static void awaitAllParked(List<Thread> waiting, int count) {
        while (true) {
            synchronized (waiting) {
                if (waiting.size() == count
                        && waiting.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING)) {
                    return;
                }
            }
            Thread.onSpinWait();
        }
    }

    /** Its first sync lasts until it is let go. */
    private final class BlockingSyncs extends ForwardingDevice {
        private final CountDownLatch begun;
        private final CountDownLatch go;
        private final AtomicInteger syncs = new AtomicInteger();
        private final AtomicInteger running = new AtomicInteger();
        private final AtomicBoolean overlapped = new AtomicBoolean();

        BlockingSyncs(CountDownLatch begun, CountDownLatch go) {
            super(device);
            this.begun = begun;
            this.go = go;
        }

        @Override
        public void sync() throws IOException {
            syncs.incrementAndGet();
            if (running.incrementAndGet() > 1) {
                overlapped.set(true);
            }
            begun.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            running.decrementAndGet();
            super.sync();
        }
    }
}
