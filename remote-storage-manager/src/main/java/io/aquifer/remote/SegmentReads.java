package io.aquifer.remote;

import io.aquifer.format.OpenedSegment;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/** Reads the data of segments. */
interface SegmentReads extends Closeable {

    /**
     * A stream of a range of the data, of which the first bytes have been read already, and the rest isn't before it is
     * asked for. It ends at {@code to} and nowhere else: where a byte can't be had, or doesn't verify, reading throws.
     *
     * @param from position of the first byte in the data
     * @param to position behind the last byte, above {@code from} and not beyond the data
     * @throws IOException also {@link java.io.InterruptedIOException}, with the thread's interrupted status set
     */
    InputStream open(OpenedSegment segment, long from, long to) throws IOException;

    /** Forgets what is kept of an object, which is being deleted. */
    void forget(String key);

    @Override
    void close();
}
