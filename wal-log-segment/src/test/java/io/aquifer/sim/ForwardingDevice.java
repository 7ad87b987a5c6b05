package io.aquifer.sim;

import io.aquifer.wal.device.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A device that does what another does, so that a test changes one of its answers. */
public class ForwardingDevice implements BlockDevice {

    private final BlockDevice device;

    public ForwardingDevice(BlockDevice device) {
        this.device = device;
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
    public void sync() throws IOException {
        device.sync();
    }

    @Override
    public void close() throws IOException {
        device.close();
    }
}
