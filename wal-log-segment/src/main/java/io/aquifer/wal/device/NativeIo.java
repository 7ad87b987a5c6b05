package io.aquifer.wal.device;

import java.nio.ByteBuffer;

/**
 * The calls of the C library that direct I/O needs, one method per call and nothing added: no retry, no exception.
 *
 * <p>A method answers what its call answers, or the negated error number where the call fails (see {@link Errno}), as
 * the kernel itself does: no allocation, and one value to look at. Memory is passed by address. Positions and lengths
 * are in bytes and 64 bits wide.
 *
 * <p>Implementations are safe for use by several threads at once.
 */
public interface NativeIo {

    int O_RDONLY = 0;
    int O_RDWR = 02;
    int O_CREAT = 0100;
    int O_EXCL = 0200;
    int O_DSYNC = 010000;
    int O_CLOEXEC = 02000000;

    /** The value of {@code O_DIRECT}, which differs from one processor architecture to the next. */
    int directFlag();

    /** open(2). */
    int open(String path, int flags, int mode);

    /** close(2). The descriptor is gone whatever the answer. */
    int close(int fd);

    /** pread(2): how many bytes were read, 0 at the end. */
    long pread(int fd, long address, long length, long position);

    /** pwrite(2): how many bytes were written. */
    long pwrite(int fd, long address, long length, long position);

    /** fdatasync(2). */
    int fdatasync(int fd);

    /** syncfs(2): all that was written to the file system that holds the open file. */
    int syncfs(int fd);

    /**
     * io_setup(2): a context through which the kernel writes while nobody waits.
     *
     * @param requests how many may be under way at once
     * @return the context's address, or a negated error number
     */
    long aioSetup(int requests);

    /**
     * io_submit(2) of one request.
     *
     * @param request address of the address of a {@code struct iocb}
     * @return 1 if the kernel took the request
     */
    int aioSubmit(long context, long request);

    /**
     * io_getevents(2): waits until a request is over, however long that takes, and writes a {@code struct io_event} to
     * {@code event}.
     *
     * @return 1, the number of requests
     */
    int aioAwait(long context, long event);

    /** io_destroy(2), which waits for what is under way. */
    int aioDestroy(long context);

    /** flock(2) with {@code LOCK_EX | LOCK_NB}: an exclusive lock that goes when the descriptor does. */
    int lock(int fd);

    /** fallocate(2) with mode 0: reserves the first {@code length} bytes of a file and sets its size. */
    int fallocate(int fd, long length);

    /** lseek(2) with {@code SEEK_HOLE}: the first byte that was never written, or the file's size. */
    long firstHole(int fd);

    /** {@code ioctl BLKGETSIZE64}: size of a block device in bytes. */
    long blockDeviceSize(int fd);

    /** {@code ioctl BLKSSZGET}: logical block size in bytes, the smallest unit that a block device takes. */
    int logicalBlockSize(int fd);

    /** {@code ioctl BLKPBSZGET}: physical block size in bytes, the smallest unit that it writes without reading first. */
    int physicalBlockSize(int fd);

    /**
     * Anonymous memory of its own pages, zero-filled, resident, and not inherited by a forked process (which open(2)
     * demands of memory under direct I/O).
     *
     * @return the address, or a negated error number
     */
    long map(long length);

    /** munmap(2) of what {@link #map} gave. */
    int unmap(long address, long length);

    /** The memory at {@code address} as a direct big-endian buffer. It lives as long as the memory does, no longer. */
    ByteBuffer view(long address, int length);

    /**
     * clock_gettime(2) with {@code CLOCK_BOOTTIME}, in nanoseconds: it goes on while the machine sleeps, and nobody sets it.
     */
    long bootTimeNanos();

    /** Address of the first byte of a direct buffer, whatever its position. */
    long address(ByteBuffer buffer);
}
