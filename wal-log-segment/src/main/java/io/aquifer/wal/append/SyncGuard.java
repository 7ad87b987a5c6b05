package io.aquifer.wal.append;

import io.aquifer.wal.device.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A device whose syncs may overlap, and of which one counts only if no sync that began before it has failed.
 *
 * <p>A failed sync may have dropped what other writers left in the device's cache, and their own syncs would succeed
 * without it. So a sync returns only after all that began before it, and once one has failed every later one fails, without
 * asking the device. That is why all that a WAL writes, blocks and superblocks, goes through the same guard. Nothing is
 * waited for otherwise: merging syncs that overlap is left to the kernel, which does it without a change of threads.
 */
public final class SyncGuard implements BlockDevice {

    private final BlockDevice device;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition confirmed = lock.newCondition();
    private final ArrayDeque<Call> running = new ArrayDeque<>();
    private @Nullable IOException failure;

    public SyncGuard(BlockDevice device) {
        this.device = device;
    }

    /** A sync under way. Guarded by the lock. */
    private static final class Call {
        private boolean succeeded;
        private boolean confirmed;
    }

    @Override
    public void sync() throws IOException {
        Call call = begin();
        try {
            device.sync();
        } catch (IOException e) {
            fail(e);
            throw e;
        } catch (RuntimeException | Error e) {
            fail(new IOException("a sync of " + device.path() + " broke: " + e, e));
            throw e;
        }
        confirm(call);
    }

    private Call begin() throws IOException {
        lock.lock();
        try {
            ensureNoneFailed();
            Call call = new Call();
            running.addLast(call);
            return call;
        } finally {
            lock.unlock();
        }
    }

    private void fail(IOException cause) {
        lock.lock();
        try {
            if (failure == null) {
                failure = cause;
            }
            confirmed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void confirm(Call call) throws IOException {
        lock.lock();
        try {
            call.succeeded = true;
            for (Call oldest = running.peekFirst(); oldest != null && oldest.succeeded; oldest = running.peekFirst()) {
                running.removeFirst().confirmed = true;
                confirmed.signalAll();
            }
            while (failure == null && !call.confirmed) {
                confirmed.awaitUninterruptibly();
            }
            ensureNoneFailed();
        } finally {
            lock.unlock();
        }
    }

    private void ensureNoneFailed() throws IOException {
        IOException first = failure;
        if (first != null) {
            throw new IOException("an earlier sync of " + device.path() + " failed", first);
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
    public boolean writesFlush() {
        return device.writesFlush();
    }

    @Override
    public void close() throws IOException {
        device.close();
    }
}
