package io.aquifer.object;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;

/** A range of a file. */
record FileContent(FileChannel file, long offset, long length) implements ObjectContent {

    FileContent {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException(length + " bytes at offset " + offset + " of a file");
        }
    }

    @Override
    public void read(long position, ByteBuffer target) throws IOException {
        Objects.checkFromIndexSize(position, target.remaining(), length);
        long at = offset + position;
        while (target.hasRemaining()) {
            int read = file.read(target, at);
            if (read < 0) {
                throw new EOFException("The file ends at " + at + " bytes, where " + (offset + length)
                        + " were expected: it was truncated while it was to be uploaded.");
            }
            at += read;
        }
    }
}
