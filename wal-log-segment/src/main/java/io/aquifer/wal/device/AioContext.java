package io.aquifer.wal.device;

import java.io.Closeable;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A context of Linux' native AIO (io_setup(2)) with room for one request, and the memory that describes the request. It
 * serves one thread at a time, without allocating.
 *
 * <p>The request, {@code struct iocb} of linux/aio_abi.h:
 *
 * <pre>
 *  0  data          8   comes back with the event, unused
 *  8  key, flags    8   0
 * 16  opcode        2   0 to read, 1 to write
 * 18  priority      2   0
 * 20  descriptor    4
 * 24  address       8
 * 32  length        8
 * 40  position      8
 * 48  reserved     16   0
 * </pre>
 *
 * Behind it lie the address of the request, which is what io_submit(2) takes, and the event, {@code struct io_event}:
 *
 * <pre>
 *  0  data          8
 *  8  request       8
 * 16  result        8   as pwrite(2) would answer
 * 24  second        8
 * </pre>
 */
final class AioContext implements Closeable {

    private static final short IOCB_CMD_PREAD = 0;
    private static final short IOCB_CMD_PWRITE = 1;

    private static final int OPCODE = 16;
    private static final int DESCRIPTOR = 20;
    private static final int ADDRESS = 24;
    private static final int LENGTH = 32;
    private static final int POSITION = 40;
    private static final int REQUEST_ADDRESS = 64;
    private static final int EVENT = 72;
    private static final int RESULT = EVENT + 16;
    private static final int SIZE = EVENT + 32;

    private final NativeIo io;
    private final long context;
    private final ByteBuffer memory = ByteBuffer.allocateDirect(SIZE).order(ByteOrder.nativeOrder());
    private final long address;
    private boolean open = true;

    private AioContext(NativeIo io, long context) {
        this.io = io;
        this.context = context;
        this.address = io.address(memory);
        memory.putLong(REQUEST_ADDRESS, address);
    }

    /** @throws AioRefusedException if the kernel gives no context */
    static AioContext open(NativeIo io) throws AioRefusedException {
        long context = io.aioSetup(1);
        if (context < 0) {
            throw new AioRefusedException("io_setup", context);
        }
        return new AioContext(io, context);
    }

    /**
     * Writes, and waits until that is over: when this returns, the kernel is done with the memory, and may have written
     * all of it, a part or nothing.
     *
     * @return how many bytes were written, or a negated error number
     * @throws AioRefusedException if the kernel didn't take the request, and so wrote nothing
     */
    long write(int fd, long from, long length, long position) throws AioRefusedException {
        return transfer(IOCB_CMD_PWRITE, fd, from, length, position);
    }

    /** Reads, otherwise like {@link #write}. */
    long read(int fd, long to, long length, long position) throws AioRefusedException {
        return transfer(IOCB_CMD_PREAD, fd, to, length, position);
    }

    private long transfer(short opcode, int fd, long bytes, long length, long position) throws AioRefusedException {
        memory.putShort(OPCODE, opcode)
                .putInt(DESCRIPTOR, fd)
                .putLong(ADDRESS, bytes)
                .putLong(LENGTH, length)
                .putLong(POSITION, position);
        try {
            int submitted = io.aioSubmit(context, address + REQUEST_ADDRESS);
            if (submitted != 1) {
                throw new AioRefusedException("io_submit", submitted);
            }
            return await();
        } finally {
            Reference.reachabilityFence(memory);
        }
    }

    /** The thread may not leave before the kernel is done: a memory that is being written must not be used for anything else. */
    private long await() {
        while (true) {
            int events = io.aioAwait(context, address + EVENT);
            if (events == 1) {
                return memory.getLong(RESULT);
            }
            if (events != -Errno.EINTR) {
                close();
                return events < 0 ? events : -Errno.EIO;
            }
        }
    }

    boolean isOpen() {
        return open;
    }

    /** Waits for the request that is under way, if there is one. */
    @Override
    public void close() {
        if (open) {
            open = false;
            io.aioDestroy(context);
        }
    }
}
