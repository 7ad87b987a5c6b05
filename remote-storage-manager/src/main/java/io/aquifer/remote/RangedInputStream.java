package io.aquifer.remote;

import io.aquifer.object.StoreWait;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A range of a segment's data, read from the store in pieces of whole chunks, each when its first byte is asked for, and
 * verified before any of its bytes is given away. Used by one thread; only closing is for any thread.
 */
final class RangedInputStream extends InputStream {

    private final SegmentRanges segment;
    private final long to;
    private final int rangeBytes;
    private long position;
    /** What has been read and verified, and not been given away. */
    private ByteBuffer bytes = ByteBuffer.allocate(0);

    private volatile @Nullable CompletableFuture<?> pending;
    private volatile boolean closed;

    /**
     * @param from position of the first byte in the data
     * @param to position behind the last byte
     * @param rangeBytes how much is asked for at once, rounded up to whole chunks
     */
    RangedInputStream(SegmentRanges segment, long from, long to, int rangeBytes) {
        Objects.checkFromToIndex(from, to, segment.length());
        this.segment = segment;
        this.position = from;
        this.to = to;
        this.rangeBytes = rangeBytes;
    }

    /**
     * Makes sure that there is a byte to give away, unless the range is at its end.
     *
     * @return whether there is one
     */
    boolean fill() throws IOException {
        requireOpen();
        if (bytes.hasRemaining()) {
            return true;
        }
        if (position == to) {
            return false;
        }
        long chunk = segment.chunkBytes();
        long begin = position / chunk * chunk;
        long wanted = Math.min(to, position + rangeBytes);
        long end = Math.min((wanted + chunk - 1) / chunk * chunk, segment.length());
        ByteBuffer range = ByteBuffer.allocate(Math.toIntExact(end - begin));
        read(begin, range);
        segment.verify(begin, range);
        bytes = range.position((int) (position - begin)).limit((int) (Math.min(end, to) - begin));
        return true;
    }

    private void read(long offset, ByteBuffer range) throws IOException {
        CompletableFuture<?> call = segment.get(offset, range);
        pending = call;
        if (closed) {
            call.cancel(true);
        }
        try {
            StoreWait.untilDone(call);
        } finally {
            pending = null;
        }
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("The stream of '" + segment.key() + "' has been closed");
        }
    }

    @Override
    public int read() throws IOException {
        if (!fill()) {
            return -1;
        }
        position++;
        return Byte.toUnsignedInt(bytes.get());
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, bytes.remaining());
        bytes.get(target, offset, count);
        position += count;
        return count;
    }

    /** Skips without reading what is skipped. */
    @Override
    public long skip(long count) throws IOException {
        requireOpen();
        long skipped = Math.max(0, Math.min(count, to - position));
        bytes.position(bytes.position() + (int) Math.min(skipped, bytes.remaining()));
        position += skipped;
        return skipped;
    }

    @Override
    public int available() throws IOException {
        requireOpen();
        return bytes.remaining();
    }

    /** Ends a read in progress, too. */
    @Override
    public void close() {
        closed = true;
        CompletableFuture<?> call = pending;
        if (call != null) {
            call.cancel(true);
        }
    }
}
