package io.aquifer.wal.append;

import io.aquifer.wal.device.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A device that makes completed writes durable with as few syncs as can be: one at a time, which covers every write that
 * returned before it began.
 *
 * <p>After a sync has failed, none is tried again: the device may have dropped what it couldn't make durable, and a second
 * sync would succeed without it. That is why all that a WAL writes, blocks and superblocks, goes through the same group.
 */
public final class SyncGroup implements BlockDevice {

    private final BlockDevice device;
    private final AtomicLong asked = new AtomicLong();
    private final ReentrantLock syncing = new ReentrantLock();
    private long answered;
    private @Nullable IOException failure;

    public SyncGroup(BlockDevice device) {
        this.device = device;
    }

    /** Shares the sync of whoever waits with this caller, if that is yet to begin. */
    @Override
    public void sync() throws IOException {
        long mine = asked.incrementAndGet();
        syncing.lock();
        try {
            if (failure != null) {
                throw new IOException("an earlier sync of " + device.path() + " failed", failure);
            }
            if (answered < mine) {
                long covered = asked.get();
                syncDevice();
                answered = covered;
            }
        } finally {
            syncing.unlock();
        }
    }

    private void syncDevice() throws IOException {
        try {
            device.sync();
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public String path() {
        return device.path();
    }

    @Override
    public long size() {
        return device.size();
    }

    @Override
    public int blockSize() {
        return device.blockSize();
    }

    @Override
    public void write(long position, ByteBuffer source) throws IOException {
        device.write(position, source);
    }

    @Override
    public void read(long position, ByteBuffer target) throws IOException {
        device.read(position, target);
    }

    @Override
    public boolean writesAreDurable() {
        return device.writesAreDurable();
    }

    @Override
    public void close() throws IOException {
        device.close();
    }
}
