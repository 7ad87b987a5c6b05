package io.aquifer.wal.append;

import io.aquifer.wal.device.BlockDevice;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Makes completed writes durable with as few syncs as can be: one covers every write that returned before it began.
 *
 * <p>After a sync has failed, none is tried again: the kernel may have dropped what it couldn't write, and a second sync
 * would succeed without it.
 */
final class SyncGroup {

    private final BlockDevice device;
    private final AtomicLong written = new AtomicLong();
    private final ReentrantLock syncing = new ReentrantLock();
    private long synced;
    private @Nullable IOException failure;

    SyncGroup(BlockDevice device) {
        this.device = device;
    }

    /** Returns once the calling thread's last write, which has returned, is durable. */
    void makeDurable() throws IOException {
        if (device.writesAreDurable()) {
            return;
        }
        long mine = written.incrementAndGet();
        syncing.lock();
        try {
            if (failure != null) {
                throw new IOException("an earlier sync of " + device.path() + " failed", failure);
            }
            if (synced < mine) {
                long covered = written.get();
                sync();
                synced = covered;
            }
        } finally {
            syncing.unlock();
        }
    }

    private void sync() throws IOException {
        try {
            device.sync();
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }
}
