package io.aquifer.wal.device;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An open file descriptor: transfers whole ranges through calls that may be interrupted or fall short.
 *
 * <p>The descriptor is closed when the last call in flight is over, so that its number is never reused under a call. A
 * call that hangs therefore delays nothing but the release of the descriptor: {@link #close()} doesn't wait.
 */
final class DirectFile implements Closeable {

    private static final int CLOSED = 1 << 31;

    private final NativeIo io;
    private final int fd;
    private final String path;
    private final int blockSize;
    private final @Nullable AioWrites aio;

    /** Calls in flight, and the bit {@link #CLOSED}. */
    private final AtomicInteger state = new AtomicInteger();

    /** @param aio what writes go through, or null for pwrite(2); closed with the file */
    DirectFile(NativeIo io, int fd, String path, int blockSize, @Nullable AioWrites aio) {
        this.io = io;
        this.fd = fd;
        this.path = path;
        this.blockSize = blockSize;
        this.aio = aio;
    }

    void write(long address, long length, long position) throws IOException {
        transfer(true, address, length, position);
    }

    void read(long address, long length, long position) throws IOException {
        transfer(false, address, length, position);
    }

    void sync() throws IOException {
        begin();
        try {
            int result;
            do {
                result = io.fdatasync(fd);
            } while (result == -Errno.EINTR);
            if (result < 0) {
                throw new IOException("Making the writes to " + path + " durable failed (fdatasync: "
                        + Errno.describe(-result)
                        + "). None that returned since the last success may be taken for durable. Look for the device's"
                        + " errors in the kernel log.");
            }
        } finally {
            end();
        }
    }

    @Override
    public void close() {
        int before = state.getAndUpdate(calls -> calls | CLOSED);
        if (before == 0) {
            release();
        }
    }

    private void transfer(boolean write, long address, long length, long position) throws IOException {
        begin();
        try {
            long done = 0;
            while (done < length) {
                long result = write
                        ? pwrite(address + done, length - done, position + done)
                        : io.pread(fd, address + done, length - done, position + done);
                if (result == -Errno.EINTR) {
                    continue;
                }
                // A part of a block can't be continued from: its rest would be unaligned.
                long whole = result - result % blockSize;
                if (whole <= 0) {
                    throw new IOException((write ? "Writing " : "Reading ") + length + " bytes at " + position + " of "
                            + path + " failed after " + done + " bytes ("
                            + (result < 0 ? Errno.describe((int) -result) : "only " + result + " more were transferred")
                            + "). Look for the device's errors in the kernel log.");
                }
                done += whole;
            }
        } finally {
            end();
        }
    }

    private long pwrite(long address, long length, long position) {
        return aio == null ? io.pwrite(fd, address, length, position) : aio.pwrite(fd, address, length, position);
    }

    private void begin() throws ClosedChannelException {
        int now;
        do {
            now = state.get();
            if (now < 0) {
                throw new ClosedChannelException();
            }
        } while (!state.compareAndSet(now, now + 1));
    }

    private void end() {
        if (state.decrementAndGet() == CLOSED) {
            release();
        }
    }

    private void release() {
        if (aio != null) {
            aio.close();
        }
        io.close(fd);
    }
}
