package io.aquifer.wal.append;

import io.aquifer.wal.device.BlockDevice;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The threads that write a {@link WriteAheadLog}'s blocks to its device, several at once, and a watchdog for writes
 * that don't return.
 *
 * <p>Each thread takes a block and carries it through to durable itself, so that a block changes hands only once. The
 * thread that waits for the next block holds {@code turn}; the others wait behind it. A failed write, and one that
 * takes longer than the device timeout, fails the WAL for good: nothing is retried, so nothing is reordered.
 */
public final class WalWriters {

    private static final long IDLE = WriteAheadLog.IDLE;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final WriteAheadLog log;
    private final BlockDevice device;
    private final int blockSize;
    private final WalObserver observer;
    private final long timeoutNanos;
    private final ReentrantLock turn = new ReentrantLock();
    private final AtomicLongArray writingSince;
    private final List<Thread> threads = new ArrayList<>();
    private final Thread watchdog;
    private volatile boolean closing;

    /**
     * Starts the threads.
     *
     * @param device shares the knowledge that a sync has failed with whatever else is written to it: see {@link SyncGuard}
     */
    public WalWriters(WriteAheadLog log, BlockDevice device, WalSettings settings, WalObserver observer) {
        this.log = log;
        this.device = device;
        this.blockSize = log.superblock().blockSize();
        this.observer = observer;
        this.timeoutNanos = settings.deviceTimeout().toNanos();
        this.writingSince = new AtomicLongArray(settings.writesInFlight());
        for (int i = 0; i < settings.writesInFlight(); i++) {
            int slot = i;
            writingSince.set(slot, IDLE);
            threads.add(daemon("aquifer-wal-writer-" + slot, () -> write(slot)));
        }
        this.watchdog = daemon("aquifer-wal-watchdog", this::watch);
        threads.forEach(Thread::start);
        watchdog.start();
    }

    private static Thread daemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        return thread;
    }

    private void write(int slot) {
        try {
            while (!closing && log.failure() == null) {
                Block block = takeTurn();
                log.seal(block);
                if (log.failure() == null) {
                    write(slot, block);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            log.fail(e);
        } catch (RuntimeException | Error e) {
            log.fail(new IOException("a WAL writer broke: " + e, e));
            throw e;
        }
    }

    private Block takeTurn() throws WalFailedException, InterruptedException {
        turn.lockInterruptibly();
        try {
            return log.take();
        } finally {
            turn.unlock();
        }
    }

    private void write(int slot, Block block) throws IOException {
        long start = System.nanoTime();
        writingSince.set(slot, start);
        try {
            device.write(log.superblock().deviceOffset(block.position()), block.bytes(blockSize));
            if (!device.writesAreDurable()) {
                device.sync();
            }
        } catch (IOException e) {
            throw new IOException(
                    "writing " + block.length() + " bytes at position " + block.position() + " to " + device.path()
                            + " failed: " + e.getMessage(),
                    e);
        } finally {
            writingSince.set(slot, IDLE);
        }
        long nanos = System.nanoTime() - start;
        log.completed(block);
        observer.blockWritten(block.length(), block.recordCount(), nanos);
    }

    private void watch() {
        while (!closing && log.failure() == null) {
            LockSupport.parkNanos(this, timeoutNanos / 4);
            failIfHung(log.superblockSince());
            for (int i = 0; i < writingSince.length(); i++) {
                failIfHung(writingSince.get(i));
            }
        }
    }

    private void failIfHung(long since) {
        long nanos = System.nanoTime() - since;
        if (since != IDLE && nanos > timeoutNanos) {
            log.fail(hung(nanos));
        }
    }

    private IOException hung(long nanos) {
        return new IOException("a write to " + device.path() + " hasn't returned for "
                + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms, longer than aquifer.wal.device.timeout.ms="
                + TimeUnit.NANOSECONDS.toMillis(timeoutNanos));
    }

    /**
     * Stops the threads. What wasn't written yet stays unwritten; a write that hangs is left behind.
     *
     * @return true if every thread has ended
     */
    public boolean close() {
        closing = true;
        LockSupport.unpark(watchdog);
        threads.forEach(Thread::interrupt);
        long deadline = System.nanoTime() + CLOSE_TIMEOUT.toNanos();
        for (Thread thread : threads) {
            join(thread, deadline);
        }
        return threads.stream().noneMatch(Thread::isAlive);
    }

    private static void join(Thread thread, long deadline) {
        try {
            long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (millis > 0) {
                thread.join(millis);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
