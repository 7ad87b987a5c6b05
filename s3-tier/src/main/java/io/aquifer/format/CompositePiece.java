package io.aquifer.format;

/**
 * Whole batches that lie one behind the other in a WAL object, and belong to the data of a composite segment.
 *
 * @param position in the object, of the first of them
 * @param length in bytes, 1 or more
 * @param baseOffset of the first batch
 * @param lastOffset of the last batch
 * @param checksum CRC32C of all their bytes
 */
public record CompositePiece(
        WalObjectName object, int position, int length, long baseOffset, long lastOffset, int checksum) {

    /** @throws IllegalArgumentException if no piece is so */
    public CompositePiece {
        if (position < 0 || length < 1 || length > WalObjectInfo.MAX_BODY_LENGTH - position) {
            throw new IllegalArgumentException("a piece of " + length + " bytes at position " + position);
        }
        if (baseOffset < 0 || lastOffset < baseOffset) {
            throw new IllegalArgumentException("a piece with offsets " + baseOffset + " to " + lastOffset);
        }
    }

    /** The piece that one batch is. */
    public static CompositePiece of(WalObjectName object, BatchHeader batch) {
        return new CompositePiece(
                object,
                batch.position(),
                batch.length(),
                batch.baseOffset(),
                batch.lastOffset(),
                batch.wholeChecksum());
    }

    /** Whether {@code next} begins in the same object where this ends. */
    boolean continuesWith(CompositePiece next) {
        return object.equals(next.object) && position + length == next.position;
    }

    /** This and the piece behind it as one. */
    CompositePiece with(CompositePiece next) {
        return new CompositePiece(
                object,
                position,
                length + next.length,
                baseOffset,
                next.lastOffset,
                Checksum.joined(checksum, next.checksum, next.length));
    }
}
