package io.aquifer.format;

import java.util.ArrayList;
import java.util.List;

/** Data that lies in pieces, one behind the other, in WAL objects. */
public final class CompositePieces {

    /** Most bytes that are read for one piece, unless a single batch is longer. */
    public static final int MAX_LENGTH = 1 << 20;

    private final List<CompositePiece> pieces;
    /** Where each piece begins in the data, and where the last one ends. */
    private final long[] starts;

    /** @param pieces in the order of the data */
    public CompositePieces(List<CompositePiece> pieces) {
        this.pieces = List.copyOf(pieces);
        this.starts = new long[pieces.size() + 1];
        for (int i = 0; i < pieces.size(); i++) {
            starts[i + 1] = starts[i] + pieces.get(i).length();
        }
    }

    /**
     * Puts batches that lie one behind the other into one piece, as long as that doesn't get longer than {@link #MAX_LENGTH}.
     *
     * @param batches a piece for each, in the order of the data
     */
    public static CompositePieces joined(List<CompositePiece> batches) {
        List<CompositePiece> joined = new ArrayList<>();
        for (CompositePiece batch : batches) {
            int last = joined.size() - 1;
            if (last >= 0
                    && joined.get(last).continuesWith(batch)
                    && joined.get(last).length() + (long) batch.length() <= MAX_LENGTH) {
                joined.set(last, joined.get(last).with(batch));
            } else {
                joined.add(batch);
            }
        }
        return new CompositePieces(joined);
    }

    /** In the order of the data. */
    public List<CompositePiece> list() {
        return pieces;
    }

    /** Length of the data in bytes. */
    public long length() {
        return starts[pieces.size()];
    }

    /** Where a piece begins in the data; for the number of pieces, where the last one ends. */
    long start(int piece) {
        return starts[piece];
    }

    /** The piece that holds a position of the data. */
    int at(long position) {
        int low = 0;
        int high = pieces.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (starts[middle] <= position) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
