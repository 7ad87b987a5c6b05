package io.aquifer.format;

import java.util.Map;

/**
 * Where the parts of a segment object lie, and how they are cut into chunks that have a checksum each.
 *
 * <p>Parts lie back to back from the object's beginning, in the order of {@link SegmentPart}, so that a position in the data
 * is the same position in the object. Each is cut from its own beginning into chunks of the same size; its last chunk may be
 * shorter. Chunks are numbered through the whole object.
 */
final class SegmentLayout {

    static final int MIN_CHUNK_BYTES = 4 << 10;
    static final int MAX_CHUNK_BYTES = 64 << 20;

    /** Length of a part that is missing. */
    static final long MISSING = -1;

    private static final int PARTS = SegmentPart.values().length;
    private static final long MAX_BODY = 1L << 42;

    private final int chunkBytes;
    private final long[] lengths;
    /** Where each part begins, and where the last one ends. */
    private final long[] offsets = new long[PARTS + 1];
    /** Number of each part's first chunk, and how many chunks there are in all. */
    private final int[] chunks = new int[PARTS + 1];

    /**
     * @param lengths of each part in bytes, or {@link #MISSING}
     * @throws IllegalArgumentException if no segment object has such parts
     */
    SegmentLayout(long[] lengths, int chunkBytes) {
        require(
                Integer.bitCount(chunkBytes) == 1 && chunkBytes >= MIN_CHUNK_BYTES && chunkBytes <= MAX_CHUNK_BYTES,
                "chunks of " + chunkBytes + " bytes, not a power of two from " + MIN_CHUNK_BYTES + " to "
                        + MAX_CHUNK_BYTES);
        require(lengths.length == PARTS, lengths.length + " parts, not " + PARTS);
        this.chunkBytes = chunkBytes;
        this.lengths = lengths.clone();
        for (SegmentPart part : SegmentPart.values()) {
            int i = part.place();
            boolean missing = lengths[i] == MISSING && part == SegmentPart.TRANSACTION_INDEX;
            require(
                    missing || (lengths[i] >= 0 && lengths[i] <= MAX_BODY),
                    part + " of " + lengths[i] + " bytes, not 0 to " + MAX_BODY);
            long length = Math.max(0, lengths[i]);
            offsets[i + 1] = offsets[i] + length;
            chunks[i + 1] = Math.toIntExact(chunks[i] + (length + chunkBytes - 1) / chunkBytes);
        }
    }

    static SegmentLayout of(Map<SegmentPart, Long> lengths, int chunkBytes) {
        long[] all = new long[PARTS];
        for (SegmentPart part : SegmentPart.values()) {
            all[part.place()] = lengths.getOrDefault(part, MISSING);
        }
        return new SegmentLayout(all, chunkBytes);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    int chunkBytes() {
        return chunkBytes;
    }

    boolean has(SegmentPart part) {
        return lengths[part.place()] != MISSING;
    }

    /** In bytes, 0 when it is missing. */
    long length(SegmentPart part) {
        return Math.max(0, lengths[part.place()]);
    }

    /** As it is written down: {@link #MISSING} when it is missing. */
    long recordedLength(SegmentPart part) {
        return lengths[part.place()];
    }

    /** Where the part begins in the object. */
    long offset(SegmentPart part) {
        return offsets[part.place()];
    }

    /** Bytes of all parts together. */
    long bodyLength() {
        return offsets[PARTS];
    }

    /** How many chunks there are. */
    int chunks() {
        return chunks[PARTS];
    }

    /** Number of the part's first chunk. */
    int firstChunk(SegmentPart part) {
        return chunks[part.place()];
    }

    /** Where a chunk begins in the object; for the {@linkplain #chunks() number of chunks}, where the last one ends. */
    long chunkStart(int chunk) {
        int part = 0;
        while (part < PARTS - 1 && chunks[part + 1] <= chunk) {
            part++;
        }
        return Math.min(offsets[part] + (long) (chunk - chunks[part]) * chunkBytes, offsets[part + 1]);
    }

    /** Number of the first chunk that begins at {@code position} of the object or behind it. */
    int firstChunkFrom(long position) {
        int part = 0;
        while (part < PARTS - 1 && offsets[part + 1] < position) {
            part++;
        }
        long chunk = chunks[part] + (Math.max(0, position - offsets[part]) + chunkBytes - 1) / chunkBytes;
        return (int) Math.min(chunk, chunks[part + 1]);
    }
}
