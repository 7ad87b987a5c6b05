package io.aquifer.wal.device;

import java.nio.ByteBuffer;

/** The real calls, of which a test overrides those that are to fare otherwise. */
class ForwardingNativeIo implements NativeIo {

    private final NativeIo io = new JnaNativeIo();

    @Override
    public int directFlag() {
        return io.directFlag();
    }

    @Override
    public int open(String path, int flags, int mode) {
        return io.open(path, flags, mode);
    }

    @Override
    public int close(int fd) {
        return io.close(fd);
    }

    @Override
    public long pread(int fd, long address, long length, long position) {
        return io.pread(fd, address, length, position);
    }

    @Override
    public long pwrite(int fd, long address, long length, long position) {
        return io.pwrite(fd, address, length, position);
    }

    @Override
    public int fdatasync(int fd) {
        return io.fdatasync(fd);
    }

    @Override
    public int syncfs(int fd) {
        return io.syncfs(fd);
    }

    @Override
    public long aioSetup(int requests) {
        return io.aioSetup(requests);
    }

    @Override
    public int aioSubmit(long context, long request) {
        return io.aioSubmit(context, request);
    }

    @Override
    public int aioAwait(long context, long event) {
        return io.aioAwait(context, event);
    }

    @Override
    public int aioDestroy(long context) {
        return io.aioDestroy(context);
    }

    @Override
    public int lock(int fd) {
        return io.lock(fd);
    }

    @Override
    public int fallocate(int fd, long length) {
        return io.fallocate(fd, length);
    }

    @Override
    public long firstHole(int fd) {
        return io.firstHole(fd);
    }

    @Override
    public long blockDeviceSize(int fd) {
        return io.blockDeviceSize(fd);
    }

    @Override
    public int logicalBlockSize(int fd) {
        return io.logicalBlockSize(fd);
    }

    @Override
    public int physicalBlockSize(int fd) {
        return io.physicalBlockSize(fd);
    }

    @Override
    public long map(long length) {
        return io.map(length);
    }

    @Override
    public int unmap(long address, long length) {
        return io.unmap(address, length);
    }

    @Override
    public ByteBuffer view(long address, int length) {
        return io.view(address, length);
    }

    @Override
    public long address(ByteBuffer buffer) {
        return io.address(buffer);
    }

    @Override
    public long bootTimeNanos() {
        return io.bootTimeNanos();
    }
}
