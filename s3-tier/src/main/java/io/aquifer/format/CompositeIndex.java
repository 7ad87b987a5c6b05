package io.aquifer.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a composite segment is made of: all parts of a segment but the data, in the object itself, and in place of the data a
 * list of where its batches lie in WAL objects. A position in the data is the same as in a segment object of these batches.
 *
 * <p>The parts lie from the object's beginning, in the order of {@link SegmentPart}. Then, big-endian, between them and the
 * {@linkplain ObjectTrailer trailer}, which has its length and checksum:
 *
 * <pre>
 * offset size
 *      0    4  S, length of the segment index
 *      4    S  the {@linkplain SegmentIndex index} of a segment object with these parts and no data
 *           4  W, number of WAL objects, 1 or more
 *        20*W  node id (4), epoch (8) and number (8) of each
 *           4  P, number of pieces, 1 or more
 *        32*P  in the order of the data: which of the WAL objects, from 0 (4), position in it (4), length (4), CRC32C of the
 *              piece (4), base offset (8), last offset (8)
 * </pre>
 *
 * An object lasts at least as long as a composite segment names it.
 */
public final class CompositeIndex {

    static final int MIN_SIZE = 3 * Integer.BYTES + SegmentIndex.FIXED_SIZE + 20 + 32;
    static final int MAX_SIZE = 1 << 30;

    private static final int OBJECT_SIZE = 20;
    private static final int PIECE_SIZE = 32;

    private final SegmentIndex parts;
    private final CompositePieces data;
    private final List<WalObjectName> objects;

    /**
     * @param parts all but the data, of which it has none
     * @param pieces in the order of the data
     * @throws IllegalArgumentException if no segment is made of these
     */
    CompositeIndex(SegmentIndex parts, List<CompositePiece> pieces) {
        if (parts.length(SegmentPart.DATA) != 0) {
            throw new IllegalArgumentException(parts.length(SegmentPart.DATA) + " bytes of data in the object itself");
        }
        requireOrder(parts.info().name(), pieces);
        this.parts = parts;
        this.data = new CompositePieces(pieces);
        this.objects = pieces.stream().map(CompositePiece::object).distinct().toList();
        if (dataLength() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a segment of " + dataLength() + " bytes");
        }
    }

    private static void requireOrder(SegmentName name, List<CompositePiece> pieces) {
        if (pieces.isEmpty()) {
            throw new IllegalArgumentException("no pieces");
        }
        long next = name.baseOffset();
        for (CompositePiece piece : pieces) {
            if (piece.baseOffset() < next || piece.lastOffset() > name.endOffset()) {
                throw new IllegalArgumentException("a piece of offsets " + piece.baseOffset() + " to "
                        + piece.lastOffset() + " where " + next + " to " + name.endOffset() + " are left");
            }
            next = piece.lastOffset() + 1;
        }
    }

    public SegmentInfo info() {
        return parts.info();
    }

    /** Where the parts lie that aren't the data, and by what they are verified. */
    public SegmentIndex parts() {
        return parts;
    }

    /** In the order of the data. */
    public List<CompositePiece> pieces() {
        return data.list();
    }

    /** The data. */
    public CompositePieces data() {
        return data;
    }

    /** The WAL objects that the data lies in, each once: they are needed as long as this object exists. */
    public List<WalObjectName> objects() {
        return objects;
    }

    /** In bytes. */
    public long dataLength() {
        return data.length();
    }

    /** About how much memory this takes, in bytes. */
    public int weight() {
        return (int) Math.min(Integer.MAX_VALUE, parts.weight() + 72L * pieces().size() + 48L * objects.size());
    }

    /** Where this lies in its object. */
    public SegmentLocation location() {
        return new SegmentLocation(true, objectLength(), size());
    }

    private long objectLength() {
        return parts.bodyLength() + size() + ObjectTrailer.SIZE;
    }

    private int size() {
        return Math.toIntExact(3L * Integer.BYTES
                + parts.size()
                + (long) OBJECT_SIZE * objects.size()
                + (long) PIECE_SIZE * pieces().size());
    }

    /** Index and trailer, ready to be read from position 0. */
    ByteBuffer withTrailer() {
        int size = size();
        ByteBuffer buffer = ByteBuffer.allocate(size + ObjectTrailer.SIZE);
        buffer.putInt(parts.size());
        parts.writeTo(buffer);
        Map<WalObjectName, Integer> numbers = new LinkedHashMap<>();
        buffer.putInt(objects.size());
        for (WalObjectName object : objects) {
            numbers.put(object, numbers.size());
            buffer.putInt(object.nodeId()).putLong(object.epoch()).putLong(object.sequence());
        }
        buffer.putInt(pieces().size());
        for (CompositePiece piece : pieces()) {
            buffer.putInt(numbers.getOrDefault(piece.object(), -1))
                    .putInt(piece.position())
                    .putInt(piece.length())
                    .putInt(piece.checksum())
                    .putLong(piece.baseOffset())
                    .putLong(piece.lastOffset());
        }
        new ObjectTrailer(ObjectKind.COMPOSITE, objectLength(), size, Checksum.of(buffer, 0, size)).writeTo(buffer);
        return buffer.flip();
    }

    /**
     * Reads the index from all that remains in {@code source}, which the trailer vouches for and which is left alone.
     *
     * @param where what was read, for messages
     * @throws DamagedObjectException if a field is wrong
     */
    static CompositeIndex readFrom(ByteBuffer source, ObjectTrailer trailer, String where)
            throws DamagedObjectException {
        try {
            CompositeIndex index = decode(source.slice().order(ByteOrder.BIG_ENDIAN));
            if (index.objectLength() != trailer.objectLength()) {
                throw new IllegalArgumentException("its parts make an object of " + index.objectLength()
                        + " bytes, not " + trailer.objectLength());
            }
            return index;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw ObjectKind.COMPOSITE.invalid("index", where, e);
        }
    }

    private static CompositeIndex decode(ByteBuffer buffer) {
        int partsSize = count(buffer, 1, "a segment index of %d bytes");
        if (partsSize < SegmentIndex.FIXED_SIZE) {
            throw new IllegalArgumentException("a segment index of " + partsSize + " bytes");
        }
        SegmentIndex parts = SegmentIndex.decode(buffer.slice(buffer.position(), partsSize));
        buffer.position(buffer.position() + partsSize);
        List<WalObjectName> objects = new ArrayList<>();
        for (int left = count(buffer, OBJECT_SIZE, "%d WAL objects"); left > 0; left--) {
            objects.add(new WalObjectName(buffer.getInt(), buffer.getLong(), buffer.getLong()));
        }
        List<CompositePiece> pieces = new ArrayList<>();
        for (int left = count(buffer, PIECE_SIZE, "%d pieces"); left > 0; left--) {
            pieces.add(piece(buffer, objects));
        }
        CompositeIndex index = new CompositeIndex(parts, pieces);
        if (buffer.hasRemaining() || !index.objects.equals(objects)) {
            throw new IllegalArgumentException("pieces of " + index.objects.size() + " WAL objects where "
                    + objects.size() + " are named, and " + buffer.remaining() + " bytes behind them");
        }
        return index;
    }

    /** A number of things of so many bytes that are to follow. */
    private static int count(ByteBuffer buffer, int size, String what) {
        int count = buffer.remaining() < Integer.BYTES ? -1 : buffer.getInt();
        if (count < 1 || count > buffer.remaining() / size) {
            throw new IllegalArgumentException(
                    String.format(what, count) + " where " + buffer.remaining() + " bytes are left");
        }
        return count;
    }

    private static CompositePiece piece(ByteBuffer buffer, List<WalObjectName> objects) {
        int number = buffer.getInt();
        if (number < 0 || number >= objects.size()) {
            throw new IllegalArgumentException("a piece of WAL object " + number + " of " + objects.size());
        }
        int position = buffer.getInt();
        int length = buffer.getInt();
        int checksum = buffer.getInt();
        return new CompositePiece(objects.get(number), position, length, buffer.getLong(), buffer.getLong(), checksum);
    }
}
