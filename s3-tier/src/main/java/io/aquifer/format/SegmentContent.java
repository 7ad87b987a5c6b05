package io.aquifer.format;

import io.aquifer.object.ObjectContent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * A segment object on its way up: its parts, then the index, which is made when it is read.
 *
 * <p>The checksums in the index come from the very reads that go to the store, whichever threads do them in whichever
 * order, so the parts are read once and what is vouched for is what was sent. Only chunks that no read has covered whole by
 * the time the index is wanted are read for their checksum alone, one at a time.
 *
 * <p>The same parts and info always give the same bytes, so a repeated upload is recognised as such.
 */
public final class SegmentContent implements ObjectContent {

    /** Size of chunks unless something else is asked for: the index of 1 GiB of data is then 16 KiB long. */
    public static final int DEFAULT_CHUNK_BYTES = 256 << 10;

    private static final long UNKNOWN = -1;

    private final SegmentInfo info;
    private final SegmentLayout layout;
    private final ObjectContent body;
    private final int tailLength;
    /** Unsigned, or {@link #UNKNOWN}. */
    private final AtomicLongArray checksums;
    /** Guarded by this. */
    private @Nullable ByteBuffer tail;

    /**
     * @param parts all but the transaction index must be there
     * @param chunkBytes how much has a checksum of its own: a power of two from 4 KiB to 64 MiB
     */
    public SegmentContent(SegmentInfo info, Map<SegmentPart, ObjectContent> parts, int chunkBytes) {
        Map<SegmentPart, ObjectContent> ordered = new EnumMap<>(parts);
        Map<SegmentPart, Long> lengths = new EnumMap<>(SegmentPart.class);
        ordered.forEach((part, content) -> lengths.put(part, content.length()));
        this.info = info;
        this.layout = SegmentLayout.of(lengths, chunkBytes);
        this.body = ObjectContent.concat(List.copyOf(ordered.values()));
        this.tailLength = SegmentIndex.size(info, layout) + ObjectTrailer.SIZE;
        this.checksums = new AtomicLongArray(layout.chunks());
        for (int chunk = 0; chunk < checksums.length(); chunk++) {
            checksums.setPlain(chunk, UNKNOWN);
        }
    }

    @Override
    public long length() {
        return layout.bodyLength() + tailLength;
    }

    /** Where the index will lie, by which the object is opened fastest. */
    public SegmentLocation location() {
        return new SegmentLocation(false, length(), tailLength - ObjectTrailer.SIZE);
    }

    @Override
    public void read(long position, ByteBuffer target) throws IOException {
        Objects.checkFromIndexSize(position, target.remaining(), length());
        int limit = target.limit();
        long bodyLeft = Math.max(0, layout.bodyLength() - position);
        if (bodyLeft > 0) {
            target.limit((int) Math.min(limit, target.position() + bodyLeft));
            readBody(position, target);
            target.limit(limit);
        }
        if (target.hasRemaining()) {
            int from = Math.toIntExact(Math.max(0, position - layout.bodyLength()));
            target.put(tail().slice(from, target.remaining()));
        }
    }

    private void readBody(long position, ByteBuffer target) throws IOException {
        int begin = target.position();
        body.read(position, target);
        long end = position + target.position() - begin;
        for (int chunk = layout.firstChunkFrom(position); chunk < layout.chunks(); chunk++) {
            long start = layout.chunkStart(chunk);
            int length = (int) (layout.chunkStart(chunk + 1) - start);
            if (start + length > end) {
                return;
            }
            note(chunk, Checksum.of(target, (int) (start - position) + begin, length));
        }
    }

    private void note(int chunk, int checksum) throws IOException {
        long unsigned = Integer.toUnsignedLong(checksum);
        long known = checksums.compareAndExchange(chunk, UNKNOWN, unsigned);
        if (known != UNKNOWN && known != unsigned) {
            throw new IOException(String.format(
                    "bytes from %d of the object for %s gave checksum %08x when read first and %08x now: the files of the"
                            + " segment change while they are uploaded, or their disk or this machine's memory is failing",
                    layout.chunkStart(chunk), info.name(), known, unsigned));
        }
    }

    private synchronized ByteBuffer tail() throws IOException {
        if (tail == null) {
            ByteBuffer buffer = ByteBuffer.allocate(layout.chunkBytes());
            int[] all = new int[checksums.length()];
            for (int chunk = 0; chunk < all.length; chunk++) {
                if (checksums.get(chunk) == UNKNOWN) {
                    long start = layout.chunkStart(chunk);
                    readBody(start, buffer.clear().limit((int) (layout.chunkStart(chunk + 1) - start)));
                }
                all[chunk] = (int) checksums.get(chunk);
            }
            tail = new SegmentIndex(info, layout, all).withTrailer();
        }
        return tail;
    }
}
