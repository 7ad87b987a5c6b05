package io.aquifer.remote;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Lets nothing but an {@link IOException} out of a stream that Kafka reads. */
final class GuardedInputStream extends FilterInputStream {

    private final String what;

    /** @param what is read, for messages */
    GuardedInputStream(InputStream stream, String what) {
        super(stream);
        this.what = what;
    }

    @Override
    public int read() throws IOException {
        try {
            return super.read();
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            return super.read(target, offset, length);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    private IOException failure(Throwable cause) {
        return StorageFailures.ofRead("Can't read " + what, cause);
    }
}
