package io.aquifer.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a segment object holds, where, and the checksums by which any whole chunks of it are verified.
 *
 * <p>Big-endian, between the parts and the {@linkplain ObjectTrailer trailer}, which has its length and checksum:
 *
 * <pre>
 * offset size
 *      0   16  topic id
 *     16   16  segment id
 *     32    8  base offset
 *     40    8  end offset, of the last record
 *     48    8  largest timestamp of the records, ms
 *     56    8  time when copying began, ms
 *     64    4  partition
 *     68    4  id of the broker that copied it
 *     72    4  chunk size: a power of two from 4 KiB to 64 MiB
 *     76    4  1 when no transaction was aborted in the segment, else 0
 *     80    8  length of the data
 *     88    8  length of the offset index
 *     96    8  length of the time index
 *    104    8  length of the transaction index, or -1 when it is missing
 *    112    8  length of the producer snapshot
 *    120    8  length of the leader epochs
 *    128    4  E, number of leader epochs with records in the segment, 1 to 2^20
 *    132 12*E  ascending: epoch (4), first offset of that epoch (8). The last one is the epoch in the object's key
 *         4*C  CRC32C of each chunk. Each part is cut into chunks of its own
 * </pre>
 */
public final class SegmentIndex {

    static final int FIXED_SIZE = 132;
    static final int MAX_SIZE = 1 << 30;
    static final String REMEDY =
            "Restore the object from a replica or an older version of it, or let the segment expire";

    private static final int EPOCH_SIZE = Integer.BYTES + Long.BYTES;
    private static final int LENGTHS_OFFSET = 80;
    private static final int EPOCH_COUNT_OFFSET = 128;

    private final SegmentInfo info;
    private final SegmentLayout layout;
    private final int[] checksums;

    SegmentIndex(SegmentInfo info, SegmentLayout layout, int[] checksums) {
        if (checksums.length != layout.chunks()) {
            throw new IllegalArgumentException(checksums.length + " checksums for " + layout.chunks() + " chunks");
        }
        this.info = info;
        this.layout = layout;
        this.checksums = checksums.clone();
    }

    /** The index of an object that is made of these parts, each of which becomes one chunk. */
    static SegmentIndex of(SegmentInfo info, Map<SegmentPart, ByteBuffer> parts) {
        Map<SegmentPart, Long> lengths = new EnumMap<>(SegmentPart.class);
        parts.forEach((part, bytes) -> lengths.put(part, (long) bytes.remaining()));
        SegmentLayout layout = SegmentLayout.of(lengths, SegmentLayout.MAX_CHUNK_BYTES);
        int[] checksums = parts.values().stream()
                .filter(ByteBuffer::hasRemaining)
                .mapToInt(bytes -> Checksum.of(bytes, bytes.position(), bytes.remaining()))
                .toArray();
        return new SegmentIndex(info, layout, checksums);
    }

    /** The segment that the object holds. */
    public SegmentInfo info() {
        return info;
    }

    /** Whether the object has the part: all have all, but for the transaction index. */
    public boolean has(SegmentPart part) {
        return layout.has(part);
    }

    /** Length of the part in bytes, 0 when it is missing. */
    public long length(SegmentPart part) {
        return layout.length(part);
    }

    /** Where the part begins in the object. The data begins at 0. */
    public long offset(SegmentPart part) {
        return layout.offset(part);
    }

    /** What is to be verified must begin and end at multiples of this in its part, or at the part's end. */
    public int chunkBytes() {
        return layout.chunkBytes();
    }

    /** Length of the whole object in bytes. */
    public long objectLength() {
        return layout.bodyLength() + size(info, layout) + ObjectTrailer.SIZE;
    }

    /** Where this was found in the object. */
    public SegmentLocation location() {
        return new SegmentLocation(false, objectLength(), size(info, layout));
    }

    /** About how much memory this takes, in bytes. */
    public int weight() {
        return size(info, layout) + 64 * info.leaderEpochs().size() + 512;
    }

    /**
     * Makes sure that bytes read from the object are those that were written.
     *
     * @param position of the first of them within the part, a multiple of {@link #chunkBytes}
     * @param bytes all that remains, up to a multiple of {@link #chunkBytes} or the end of the part. It is left alone
     * @param where what was read, for messages
     * @throws DamagedObjectException if a chunk's checksum is wrong
     */
    public void verify(SegmentPart part, long position, ByteBuffer bytes, String where) throws DamagedObjectException {
        long end = position + bytes.remaining();
        if (position < 0
                || end > length(part)
                || position % chunkBytes() != 0
                || (end % chunkBytes() != 0 && end != length(part))) {
            throw new IllegalArgumentException("bytes " + position + " to " + end + " aren't whole chunks of "
                    + chunkBytes() + " bytes of " + part + ", which has " + length(part));
        }
        int chunk = Math.toIntExact(layout.firstChunk(part) + position / chunkBytes());
        for (int at = bytes.position(); at < bytes.limit(); at += chunkBytes(), chunk++) {
            int length = Math.min(chunkBytes(), bytes.limit() - at);
            int found = Checksum.of(bytes, at, length);
            if (found != checksums[chunk]) {
                throw new DamagedObjectException(String.format(
                        "%d bytes at offset %d of %s, in its %s, give checksum %08x where its index has %08x. %s",
                        length, layout.chunkStart(chunk), where, part, found, checksums[chunk], REMEDY));
            }
        }
    }

    /** Bytes of all parts together. */
    long bodyLength() {
        return layout.bodyLength();
    }

    /** Length of this index in bytes. */
    int size() {
        return size(info, layout);
    }

    static int size(SegmentInfo info, SegmentLayout layout) {
        return Math.toIntExact(size(info.leaderEpochs().size(), layout));
    }

    private static long size(long epochs, SegmentLayout layout) {
        return FIXED_SIZE + epochs * EPOCH_SIZE + (long) layout.chunks() * Integer.BYTES;
    }

    /** Index and trailer, ready to be read from position 0. */
    ByteBuffer withTrailer() {
        int size = size(info, layout);
        ByteBuffer buffer = ByteBuffer.allocate(size + ObjectTrailer.SIZE);
        writeTo(buffer);
        new ObjectTrailer(ObjectKind.SEGMENT, objectLength(), size, Checksum.of(buffer, 0, size)).writeTo(buffer);
        return buffer.flip();
    }

    /** Writes {@link #size} bytes at the buffer's position and advances it. */
    void writeTo(ByteBuffer buffer) {
        SegmentName name = info.name();
        Uuids.put(buffer, name.topicId());
        Uuids.put(buffer, name.segmentId());
        buffer.putLong(name.baseOffset()).putLong(name.endOffset());
        buffer.putLong(info.maxTimestamp()).putLong(info.copyTimestamp());
        buffer.putInt(name.partition()).putInt(info.brokerId()).putInt(layout.chunkBytes());
        buffer.putInt(info.transactionIndexEmpty() ? 1 : 0);
        for (SegmentPart part : SegmentPart.values()) {
            buffer.putLong(layout.recordedLength(part));
        }
        buffer.putInt(info.leaderEpochs().size());
        info.leaderEpochs().forEach((epoch, offset) -> buffer.putInt(epoch).putLong(offset));
        for (int checksum : checksums) {
            buffer.putInt(checksum);
        }
    }

    /**
     * Reads the index from all that remains in {@code source}, which the trailer vouches for and which is left alone.
     *
     * @param where what was read, for messages
     * @throws DamagedObjectException if a field is wrong
     */
    static SegmentIndex readFrom(ByteBuffer source, ObjectTrailer trailer, String where) throws DamagedObjectException {
        try {
            SegmentIndex index = decode(source.slice().order(ByteOrder.BIG_ENDIAN));
            if (index.objectLength() != trailer.objectLength()) {
                throw new IllegalArgumentException("its parts make an object of " + index.objectLength()
                        + " bytes, not " + trailer.objectLength());
            }
            return index;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw ObjectKind.SEGMENT.invalid("index", where, e);
        }
    }

    /**
     * Reads an index from all of {@code buffer}, which begins at 0.
     *
     * @throws IllegalArgumentException if a field makes no sense
     */
    static SegmentIndex decode(ByteBuffer buffer) {
        long[] lengths = new long[SegmentPart.values().length];
        buffer.position(LENGTHS_OFFSET).asLongBuffer().get(lengths);
        SegmentLayout layout = new SegmentLayout(lengths, buffer.getInt(72));
        int epochs = buffer.getInt(EPOCH_COUNT_OFFSET);
        if (epochs < 1 || epochs > SegmentInfo.MAX_LEADER_EPOCHS || size(epochs, layout) != buffer.limit()) {
            throw new IllegalArgumentException(epochs + " leader epochs and " + layout.chunks()
                    + " chunks in an index of " + buffer.limit() + " bytes");
        }
        TreeMap<Integer, Long> leaderEpochs = new TreeMap<>();
        buffer.position(FIXED_SIZE);
        for (int i = 0; i < epochs; i++) {
            int epoch = buffer.getInt();
            if (!leaderEpochs.isEmpty() && epoch <= leaderEpochs.lastKey()) {
                throw new IllegalArgumentException("leader epoch " + epoch + " after " + leaderEpochs.lastKey());
            }
            leaderEpochs.put(epoch, buffer.getLong());
        }
        int[] checksums = new int[layout.chunks()];
        buffer.asIntBuffer().get(checksums);
        SegmentName name = new SegmentName(
                Uuids.get(buffer, 0),
                buffer.getInt(64),
                buffer.getLong(32),
                buffer.getLong(40),
                leaderEpochs.lastKey(),
                Uuids.get(buffer, 16));
        SegmentInfo info = new SegmentInfo(
                name, buffer.getLong(48), buffer.getLong(56), buffer.getInt(68), flag(buffer.getInt(76)), leaderEpochs);
        return new SegmentIndex(info, layout, checksums);
    }

    private static boolean flag(int value) {
        if (value != 0 && value != 1) {
            throw new IllegalArgumentException("transaction index empty: " + value + ", not 0 or 1");
        }
        return value == 1;
    }
}
