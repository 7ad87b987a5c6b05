package io.aquifer.wal.device;

import io.aquifer.wal.device.DeviceOpenException.Reason;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens block devices and files for direct I/O, checking that they can serve as such.
 *
 * <p>Who opens for writing is alone in doing so: a raw device is opened {@code O_EXCL}, which the kernel refuses while
 * it is mounted, swapped to or held by another; a file is locked. Both end with the process. As a process that was
 * just killed may still be letting go, a busy device is asked for again during a few seconds.
 */
public final class BlockDevices {

    private static final Logger LOG = LoggerFactory.getLogger(BlockDevices.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long POLL_NANOS = Duration.ofMillis(50).toNanos();

    /**
     * The unit of files, as the page size of the file systems in use, and the largest of raw devices, as a superblock
     * must be a whole number of blocks. A physical block that is larger only makes the device read before it writes.
     */
    static final int MAX_BLOCK_SIZE = 4096;

    private final NativeIo io;
    private final SysBlock sys;
    private final Duration patience;

    public BlockDevices(NativeIo io) {
        this(io, new SysBlock(Path.of("/sys")), PATIENCE);
    }

    /** Asks for a busy device again until {@code patience} is over. */
    BlockDevices(NativeIo io, SysBlock sys, Duration patience) {
        this.io = io;
        this.sys = sys;
        this.patience = patience;
    }

    /**
     * Opens a device for writing and reading, exclusively.
     *
     * @throws DeviceOpenException if it can't serve; its reason says why
     * @throws InterruptedIOException if the thread was interrupted while the device was busy
     */
    public DirectBlockDevice openForWriting(Path path, DurabilitySetting setting) throws IOException {
        FileKind kind = FileKind.of(path);
        Durability durability = durability(path, kind, setting);
        int flags = NativeIo.O_RDWR
                | (kind.raw() ? NativeIo.O_EXCL : 0)
                | (durability.writesFlush() ? NativeIo.O_DSYNC : 0);
        return open(path, kind, flags, durability);
    }

    private Durability durability(Path path, FileKind kind, DurabilitySetting setting) throws IOException {
        Durability wanted = setting.resolve(kind.raw(), kind.raw() && sys.volatileCache(kind.device()));
        String refusal =
                wanted == Durability.AIO ? new AioProbe(io).refusal(kind.path().toString()) : null;
        if (refusal == null) {
            return wanted;
        }
        LOG.warn(
                "Writes to {} won't be asynchronous, which would be faster: {}. Each is followed by an fdatasync instead. A"
                        + " sandbox may refuse the calls io_setup, io_submit and io_getevents (seccomp), or the system be"
                        + " out of contexts (fs.aio-nr has reached fs.aio-max-nr).",
                path,
                refusal);
        return Durability.SYNC;
    }

    /**
     * Opens a device for reading only, also while another process writes to it.
     *
     * @throws DeviceOpenException if it can't serve; its reason says why
     */
    public DirectBlockDevice openForReading(Path path) throws IOException {
        FileKind kind = FileKind.of(path);
        return open(path, kind, NativeIo.O_RDONLY, Durability.SYNC);
    }

    private DirectBlockDevice open(Path given, FileKind kind, int flags, Durability durability) throws IOException {
        boolean writable = (flags & NativeIo.O_RDWR) != 0;
        String path = kind.path().toString();
        int fd = untilFree(Errno.EBUSY, () -> io.open(path, flags | io.directFlag() | NativeIo.O_CLOEXEC, 0));
        if (fd < 0) {
            throw OpenFailures.refused(given, kind, -fd);
        }
        boolean opened = false;
        try {
            if (writable && !kind.raw()) {
                lock(given, fd);
                checkAllocated(given, kind, fd);
            }
            int blockSize = kind.raw() ? rawBlockSize(given, fd) : MAX_BLOCK_SIZE;
            long size = kind.raw() ? rawSize(given, fd, blockSize) : fileSize(given, kind);
            probe(given, kind, fd, blockSize);
            opened = true;
            return new DirectBlockDevice(io, fd, given.toString(), size, blockSize, kind.raw(), writable, durability);
        } finally {
            if (!opened) {
                io.close(fd);
            }
        }
    }

    private void lock(Path path, int fd) throws IOException {
        int result = untilFree(Errno.EAGAIN, () -> io.lock(fd));
        if (result == -Errno.EAGAIN) {
            throw OpenFailures.inUse(path);
        }
        if (result < 0) {
            throw OpenFailures.failed(path, "flock", -result);
        }
    }

    private void checkAllocated(Path path, FileKind kind, int fd) throws DeviceOpenException {
        long hole = io.firstHole(fd);
        if (hole >= 0 && hole < kind.length()) {
            throw new DeviceOpenException(
                    Reason.SPARSE,
                    path + " has parts that were never written, the first at byte " + hole + " of " + kind.length()
                            + ". A WAL's file must have all of its blocks, or a write may find the file system full."
                            + " Remove the file and have it created again.");
        }
    }

    private int rawBlockSize(Path path, int fd) throws DeviceOpenException {
        int logical = io.logicalBlockSize(fd);
        int physical = io.physicalBlockSize(fd);
        if (logical < 0 || physical < 0) {
            throw OpenFailures.failed(path, "ioctl for the block size", -Math.min(logical, physical));
        }
        if (logical > MAX_BLOCK_SIZE) {
            throw new DeviceOpenException(
                    Reason.BAD_SIZE,
                    path + " has logical blocks of " + logical + " bytes, a WAL needs blocks of " + MAX_BLOCK_SIZE
                            + " at most. Name another device, or have this one formatted with smaller blocks.");
        }
        return Math.max(logical, Math.min(physical, MAX_BLOCK_SIZE));
    }

    private long rawSize(Path path, int fd, int blockSize) throws DeviceOpenException {
        long size = io.blockDeviceSize(fd);
        if (size < 0) {
            throw OpenFailures.failed(path, "ioctl BLKGETSIZE64", (int) -size);
        }
        long whole = size - size % blockSize;
        if (whole == 0) {
            throw new DeviceOpenException(
                    Reason.BAD_SIZE,
                    path + " has " + size + " bytes, less than one block of " + blockSize
                            + ". Is a volume behind it? A loop device needs a file (losetup -a).");
        }
        return whole;
    }

    private static long fileSize(Path path, FileKind kind) throws DeviceOpenException {
        if (kind.length() == 0 || kind.length() % MAX_BLOCK_SIZE != 0) {
            throw new DeviceOpenException(
                    Reason.BAD_SIZE,
                    path + " has " + kind.length() + " bytes. A WAL's file has a multiple of " + MAX_BLOCK_SIZE
                            + " bytes, and not 0, from the moment it was created: this is no such file, or it was cut."
                            + " Remove it and have it created again, if nothing on it matters.");
        }
        return kind.length();
    }

    /** A file system may accept the flag and refuse the transfer, and a device may have a size and answer nothing. */
    private void probe(Path path, FileKind kind, int fd, int blockSize) throws IOException {
        long result;
        try (AlignedMemory memory = new AlignedMemory(io)) {
            long address = io.address(memory.allocate(blockSize));
            do {
                result = io.pread(fd, address, blockSize, 0);
            } while (result == -Errno.EINTR);
        }
        if (result == -Errno.EINVAL) {
            throw OpenFailures.refused(path, kind, Errno.EINVAL);
        }
        if (result != blockSize) {
            throw new DeviceOpenException(
                    Reason.FAILED,
                    "The first block of " + path + " can't be read: "
                            + (result < 0 ? Errno.describe((int) -result) : "only " + result + " bytes came")
                            + ". Look for the device's errors in the kernel log.");
        }
    }

    /** Calls until the answer isn't the one that means busy (EINTR is no answer), or patience is over. */
    private int untilFree(int busy, IntSupplier call) throws InterruptedIOException {
        long start = System.nanoTime();
        while (true) {
            int result = call.getAsInt();
            if (result == -Errno.EINTR) {
                continue;
            }
            if (result != -busy || System.nanoTime() - start >= patience.toNanos()) {
                return result;
            }
            LockSupport.parkNanos(POLL_NANOS);
            if (Thread.interrupted()) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("Interrupted while waiting for a busy device");
            }
        }
    }
}
