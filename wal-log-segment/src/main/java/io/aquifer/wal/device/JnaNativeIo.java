package io.aquifer.wal.device;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;

/**
 * {@link NativeIo} through JNA's direct mapping, which costs about a third of a microsecond a call.
 *
 * <p>Only 64-bit Linux on x86-64 and aarch64: there {@code size_t} and {@code off_t} are 64 bits wide, the numbers below
 * hold, and a variadic function ({@code open}, {@code ioctl}) takes its arguments as any other does, without which
 * direct mapping couldn't call it.
 */
public final class JnaNativeIo implements NativeIo {

    private static final int LOCK_EX_NB = 2 | 4;
    private static final int SEEK_HOLE = 4;
    private static final long BLKSSZGET = 0x1268;
    private static final long BLKPBSZGET = 0x127B;
    private static final long BLKGETSIZE64 = 0x80081272L;
    private static final int PROT_READ_WRITE = 1 | 2;
    private static final int MAP_PRIVATE_ANONYMOUS_POPULATE = 0x2 | 0x20 | 0x8000;
    private static final int MADV_DONTFORK = 10;
    private static final long MAP_FAILED = -1;
    private static final int CLOCK_BOOTTIME = 7;

    private final LinuxAbi abi;

    /**
     * Finds the functions in the C library.
     *
     * @throws UnsupportedOperationException where the system isn't one of those named above, or JNA can't load its library
     */
    public JnaNativeIo() {
        abi = LinuxAbi.of(Platform.isLinux(), Platform.ARCH);
        try {
            LibC.load();
        } catch (LinkageError e) {
            throw new UnsupportedOperationException(
                    "JNA could not load its native library, which it unpacks into "
                            + System.getProperty("java.io.tmpdir")
                            + ". Point -Djna.tmpdir at a directory that is writable and not mounted noexec.",
                    e);
        }
    }

    @Override
    public int directFlag() {
        return abi.directFlag();
    }

    @Override
    public int open(String path, int flags, int mode) {
        return result(LibC.open(path, flags, mode));
    }

    @Override
    public int close(int fd) {
        return result(LibC.close(fd));
    }

    @Override
    public long pread(int fd, long address, long length, long position) {
        return result(LibC.pread(fd, address, length, position));
    }

    @Override
    public long pwrite(int fd, long address, long length, long position) {
        return result(LibC.pwrite(fd, address, length, position));
    }

    @Override
    public int fdatasync(int fd) {
        return result(LibC.fdatasync(fd));
    }

    @Override
    public int syncfs(int fd) {
        return result(LibC.syncfs(fd));
    }

    @Override
    public long aioSetup(int requests) {
        try (Memory context = new Memory(Long.BYTES)) {
            context.setLong(0, 0);
            long result = result(LibC.syscall(abi.ioSetup(), requests, Pointer.nativeValue(context), 0, 0, 0));
            return result < 0 ? result : context.getLong(0);
        }
    }

    @Override
    public int aioSubmit(long context, long request) {
        return (int) result(LibC.syscall(abi.ioSubmit(), context, 1, request, 0, 0));
    }

    @Override
    public int aioAwait(long context, long event) {
        return (int) result(LibC.syscall(abi.ioGetevents(), context, 1, 1, event, 0));
    }

    @Override
    public int aioDestroy(long context) {
        return (int) result(LibC.syscall(abi.ioDestroy(), context, 0, 0, 0, 0));
    }

    @Override
    public int lock(int fd) {
        return result(LibC.flock(fd, LOCK_EX_NB));
    }

    @Override
    public int fallocate(int fd, long length) {
        return result(LibC.fallocate(fd, 0, 0, length));
    }

    @Override
    public long firstHole(int fd) {
        return result(LibC.lseek(fd, 0, SEEK_HOLE));
    }

    @Override
    public long blockDeviceSize(int fd) {
        try (Memory answer = new Memory(Long.BYTES)) {
            int result = result(LibC.ioctl(fd, BLKGETSIZE64, answer));
            return result < 0 ? result : answer.getLong(0);
        }
    }

    @Override
    public int logicalBlockSize(int fd) {
        return integer(fd, BLKSSZGET);
    }

    @Override
    public int physicalBlockSize(int fd) {
        return integer(fd, BLKPBSZGET);
    }

    @Override
    public long map(long length) {
        long address = LibC.mmap(0, length, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_POPULATE, -1, 0);
        if (address == MAP_FAILED) {
            return -Native.getLastError();
        }
        int advised = result(LibC.madvise(address, length, MADV_DONTFORK));
        if (advised < 0) {
            LibC.munmap(address, length);
            return advised;
        }
        return address;
    }

    @Override
    public int unmap(long address, long length) {
        return result(LibC.munmap(address, length));
    }

    @Override
    public ByteBuffer view(long address, int length) {
        return new Pointer(address).getByteBuffer(0, length).order(ByteOrder.BIG_ENDIAN);
    }

    @Override
    public long bootTimeNanos() {
        try (Memory answer = new Memory(2 * Long.BYTES)) {
            int result = result(LibC.clock_gettime(CLOCK_BOOTTIME, answer));
            return result < 0 ? result : TimeUnit.SECONDS.toNanos(answer.getLong(0)) + answer.getLong(Long.BYTES);
        }
    }

    @Override
    public long address(ByteBuffer buffer) {
        return Pointer.nativeValue(Native.getDirectBufferPointer(buffer));
    }

    private static int integer(int fd, long request) {
        try (Memory answer = new Memory(Integer.BYTES)) {
            int result = result(LibC.ioctl(fd, request, answer));
            return result < 0 ? result : answer.getInt(0);
        }
    }

    private static int result(int answer) {
        return answer == -1 ? -Native.getLastError() : answer;
    }

    private static long result(long answer) {
        return answer == -1 ? -Native.getLastError() : answer;
    }

    /** Names and types as in C: JNA finds the functions by them. JNA keeps errno per thread after each call. */
    private static final class LibC {

        static {
            Native.register(LibC.class, NativeLibrary.getInstance(Platform.C_LIBRARY_NAME));
        }

        static void load() {}

        static native int open(String path, int flags, int mode);

        static native int close(int fd);

        static native long pread(int fd, long address, long length, long position);

        static native long pwrite(int fd, long address, long length, long position);

        static native int fdatasync(int fd);

        static native int syncfs(int fd);

        /** For what the C library has no function of its own for. Not one of these calls has a sixth argument. */
        static native long syscall(long number, long first, long second, long third, long fourth, long fifth);

        static native int flock(int fd, int operation);

        static native int fallocate(int fd, int mode, long offset, long length);

        static native long lseek(int fd, long offset, int whence);

        static native int ioctl(int fd, long request, Pointer answer);

        static native long mmap(long address, long length, int protection, int flags, int fd, long offset);

        static native int munmap(long address, long length);

        static native int madvise(long address, long length, int advice);

        static native int clock_gettime(int clock, Pointer time);
    }
}
