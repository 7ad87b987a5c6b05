package io.aquifer.object;

import java.nio.ByteBuffer;

/** Content in memory. */
record BufferContent(ByteBuffer bytes) implements ObjectContent {

    @Override
    public long length() {
        return bytes.capacity();
    }

    @Override
    public void read(long position, ByteBuffer target) {
        target.put(bytes.slice(Math.toIntExact(position), target.remaining()));
    }
}
