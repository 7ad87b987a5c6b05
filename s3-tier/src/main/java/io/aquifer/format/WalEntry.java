package io.aquifer.format;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What the index of a WAL object has of one record of the WAL. Entries of a log apply in their order, as recovery applies
 * the records themselves: a truncation may take back what came before it, in this object or an earlier one.
 *
 * <p>Big-endian:
 *
 * <pre>
 * offset size
 *      0    1  kind
 *      1    3  zero
 *      4    4  leader epoch of the first batch, -1 if none
 *      8    8  base offset
 *     16    8  last offset
 *     24    8  largest timestamp, ms, -1 if none
 *     32    4  position of the payload in the object
 *     36    4  N, length of the payload
 *     40       data: one behind the other, the {@linkplain BatchHeader headers} of its batches, whose lengths add up to N; of
 *              a control batch all bytes. Any other kind: the payload, N bytes
 * </pre>
 *
 * @param maxTimestamp in ms
 * @param position where the payload begins in the object
 * @param length of the payload, in bytes
 * @param excerpt what the index has of the payload
 */
public record WalEntry(
        WalEntryKind kind,
        int leaderEpoch,
        long baseOffset,
        long lastOffset,
        long maxTimestamp,
        int position,
        int length,
        ByteBuffer excerpt) {

    static final int FIXED_SIZE = 40;

    private static final int ZEROS = 3;

    /** @throws IllegalArgumentException if no record has such an entry */
    public WalEntry {
        excerpt = excerpt.slice().asReadOnlyBuffer();
        if (position < 0 || length < 0 || length > WalObjectInfo.MAX_BODY_LENGTH - position) {
            throw new IllegalArgumentException("a payload of " + length + " bytes at position " + position);
        }
        if (kind == WalEntryKind.DATA) {
            requireBatches(batches(excerpt, position, length), baseOffset, lastOffset);
        } else if (excerpt.remaining() != length) {
            throw new IllegalArgumentException(
                    excerpt.remaining() + " of " + length + " bytes of an entry of kind " + kind);
        }
    }

    private static void requireBatches(List<BatchHeader> batches, long baseOffset, long lastOffset) {
        if (batches.isEmpty()) {
            throw new IllegalArgumentException("data without a batch");
        }
        long next = baseOffset;
        for (BatchHeader batch : batches) {
            if (batch.baseOffset() < next) {
                throw new IllegalArgumentException(
                        "a batch from offset " + batch.baseOffset() + " where " + next + " comes next");
            }
            next = batch.lastOffset() + 1;
        }
        if (batches.get(0).baseOffset() != baseOffset || next - 1 != lastOffset) {
            throw new IllegalArgumentException(
                    "batches of offsets " + batches.get(0).baseOffset() + " to " + (next - 1) + " in an entry of "
                            + baseOffset + " to " + lastOffset);
        }
    }

    /**
     * The entry of a record.
     *
     * @param position where the payload begins in the object
     * @param payload all that remains. It is left alone, and what is needed of it is copied
     * @throws IllegalArgumentException if it is data and isn't made of whole batches with these offsets
     */
    public static WalEntry of(
            WalEntryKind kind,
            int leaderEpoch,
            long baseOffset,
            long lastOffset,
            long maxTimestamp,
            int position,
            ByteBuffer payload) {
        return new WalEntry(
                kind,
                leaderEpoch,
                baseOffset,
                lastOffset,
                maxTimestamp,
                position,
                payload.remaining(),
                kind == WalEntryKind.DATA ? headersOf(payload.slice(), position) : copyOf(payload.slice()));
    }

    private static ByteBuffer headersOf(ByteBuffer payload, int position) {
        List<ByteBuffer> held = new ArrayList<>();
        int size = 0;
        while (payload.hasRemaining()) {
            int at = payload.position();
            BatchHeader batch = BatchHeader.readFrom(payload, position + at, payload.remaining());
            batch.requireWhole(payload.slice(at, batch.length()));
            payload.position(at + batch.length());
            held.add(batch.bytes());
            size += batch.bytes().remaining();
        }
        ByteBuffer headers = ByteBuffer.allocate(size);
        held.forEach(headers::put);
        return headers.flip();
    }

    private static ByteBuffer copyOf(ByteBuffer payload) {
        return ByteBuffer.allocate(payload.remaining()).put(payload).flip();
    }

    /** Read-only. Of data the headers of all batches and the whole of control batches, otherwise the whole payload. */
    @Override
    public ByteBuffer excerpt() {
        return excerpt.duplicate();
    }

    /** Headers of its batches, in order. None if it isn't data. */
    public List<BatchHeader> batches() {
        return kind == WalEntryKind.DATA ? batches(excerpt(), position, length) : List.of();
    }

    /** Reads headers until their batches fill {@code length} bytes. They must use up all of {@code excerpt}. */
    private static List<BatchHeader> batches(ByteBuffer excerpt, int position, int length) {
        List<BatchHeader> batches = new ArrayList<>();
        ByteBuffer rest = excerpt.duplicate();
        readBatches(rest, position, length, batches);
        if (rest.hasRemaining()) {
            throw new IllegalArgumentException(rest.remaining() + " bytes behind the last batch of an entry");
        }
        return batches;
    }

    private static void readBatches(ByteBuffer source, int position, int length, List<BatchHeader> target) {
        int at = 0;
        while (at < length) {
            BatchHeader batch = BatchHeader.readFrom(source, position + at, length - at);
            target.add(batch);
            at += batch.length();
        }
    }

    /**
     * Makes sure that the payload of an entry of data is the one that was indexed.
     *
     * @param payload all that remains. It is left alone
     * @param where what was read, for messages
     * @throws DamagedObjectException if it isn't
     */
    public void verify(ByteBuffer payload, String where) throws DamagedObjectException {
        if (kind != WalEntryKind.DATA || payload.remaining() != length) {
            throw new IllegalArgumentException(payload.remaining() + " bytes of a payload of " + length + " bytes of "
                    + kind + ", of which only data is verified by its batches");
        }
        try {
            for (BatchHeader batch : batches()) {
                int at = payload.position() + batch.position() - position;
                batch.requireWhole(payload.slice(at, batch.length()));
            }
        } catch (IllegalArgumentException e) {
            throw ObjectKind.WAL.invalid("payload at position " + position, where, e);
        }
    }

    /** Bytes that this takes in the index. */
    public int size() {
        return FIXED_SIZE + excerpt.remaining();
    }

    void writeTo(ByteBuffer target) {
        target.put(kind.code()).put(new byte[ZEROS]).putInt(leaderEpoch);
        target.putLong(baseOffset).putLong(lastOffset).putLong(maxTimestamp);
        target.putInt(position).putInt(length).put(excerpt());
    }

    /**
     * Reads the entry at the buffer's position and moves that behind it.
     *
     * @throws IllegalArgumentException if it makes no sense
     */
    static WalEntry readFrom(ByteBuffer source) {
        if (source.remaining() < FIXED_SIZE) {
            throw new IllegalArgumentException(source.remaining() + " bytes of an entry");
        }
        int start = source.position();
        WalEntryKind kind = WalEntryKind.of(source.get(start));
        int position = source.getInt(start + 32);
        int length = source.getInt(start + 36);
        int detail = start + FIXED_SIZE;
        source.position(detail);
        if (kind == WalEntryKind.DATA) {
            readBatches(source, position, length, new ArrayList<>());
        } else if (length >= 0 && length <= source.remaining()) {
            source.position(detail + length);
        } else {
            throw new IllegalArgumentException(
                    source.remaining() + " of " + length + " bytes of an entry of kind " + kind);
        }
        return new WalEntry(
                kind,
                source.getInt(start + 4),
                source.getLong(start + 8),
                source.getLong(start + 16),
                source.getLong(start + 24),
                position,
                length,
                source.slice(detail, source.position() - detail));
    }
}
