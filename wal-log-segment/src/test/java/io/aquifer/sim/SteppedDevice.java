package io.aquifer.sim;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A simulated device for callers that wait for it: what else goes on meanwhile, a loss of power included, is decided
 * between the beginning and the end of each call.
 */
final class SteppedDevice extends ForwardingDevice {

    /** What goes on while a caller waits. */
    interface Meanwhile {
        /** Between the beginning of a write and its end. */
        void writing();

        /** A write has ended well, and its caller doesn't know yet. */
        void written();

        /** From the end of a write until it is durable. */
        void syncing() throws IOException;

        /** Whether the write that ends now fails. */
        boolean fails();
    }

    private final SimulatedBlockDevice device;
    private final Meanwhile meanwhile;

    SteppedDevice(SimulatedBlockDevice device, Meanwhile meanwhile) {
        super(device);
        this.device = device;
        this.meanwhile = meanwhile;
    }

    @Override
    public void write(long position, ByteBuffer source) throws IOException {
        Write write = device.submit(position, source);
        meanwhile.writing();
        if (meanwhile.fails()) {
            IOException failure = new IOException("injected");
            device.fail(write, failure);
            throw failure;
        }
        device.finish(write);
        meanwhile.written();
        source.position(source.limit());
    }

    @Override
    public void sync() throws IOException {
        meanwhile.syncing();
    }
}
