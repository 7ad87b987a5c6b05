package io.aquifer.wal.device;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Whether the kernel does native AIO to a device: a sandbox may refuse its calls (seccomp), the system have no context left
 * (fs.aio-max-nr), or the device none of it. Asked by reading its first block that way, before it is opened for writing.
 */
final class AioProbe {

    private final NativeIo io;

    AioProbe(NativeIo io) {
        this.io = io;
    }

    /** Why there is no native AIO to {@code path}; null if there is, and if it can't even be opened. */
    @Nullable
    String refusal(String path) throws IOException {
        int fd = io.open(path, NativeIo.O_RDONLY | io.directFlag() | NativeIo.O_CLOEXEC, 0);
        if (fd < 0) {
            return null;
        }
        try (AlignedMemory memory = new AlignedMemory(io);
                AioContext context = AioContext.open(io)) {
            int length = BlockDevices.MAX_BLOCK_SIZE;
            long result = context.read(fd, io.address(memory.allocate(length)), length, 0);
            return result == length ? null : "a read of its first block answered " + Errno.describeResult(result);
        } catch (AioRefusedException e) {
            return e.getMessage();
        } finally {
            io.close(fd);
        }
    }
}
