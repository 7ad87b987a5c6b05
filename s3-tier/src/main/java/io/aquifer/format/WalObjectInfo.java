package io.aquifer.format;

import java.util.UUID;

/**
 * Which run of which WAL a WAL object holds.
 *
 * @param walId of the WAL, made when its device was formatted
 * @param blockSize in bytes; positions and lengths of blocks are multiples of it
 * @param firstPosition in the WAL, of the first block
 * @param endPosition in the WAL, behind the last block
 * @param bodyLength of all blocks in the object, in bytes. Less than the positions say where there is padding, of which only
 *     the first block-size bytes were ever written
 */
public record WalObjectInfo(
        WalObjectName name, UUID walId, int blockSize, long firstPosition, long endPosition, int bodyLength) {

    /** No body is longer, in bytes. */
    public static final int MAX_BODY_LENGTH = 256 << 20;

    private static final int MIN_BLOCK_SIZE = 512;
    private static final int MAX_BLOCK_SIZE = 64 << 10;

    public WalObjectInfo {
        if (Integer.bitCount(blockSize) != 1 || blockSize < MIN_BLOCK_SIZE || blockSize > MAX_BLOCK_SIZE) {
            throw new IllegalArgumentException(
                    "block size " + blockSize + " is no power of two from " + MIN_BLOCK_SIZE + " to " + MAX_BLOCK_SIZE);
        }
        if (firstPosition < 0
                || endPosition <= firstPosition
                || firstPosition % blockSize != 0
                || endPosition % blockSize != 0) {
            throw new IllegalArgumentException("positions " + firstPosition + " to " + endPosition
                    + " aren't a run of blocks of " + blockSize + " bytes");
        }
        if (bodyLength < blockSize
                || bodyLength > MAX_BODY_LENGTH
                || bodyLength > endPosition - firstPosition
                || bodyLength % blockSize != 0) {
            throw new IllegalArgumentException("a body of " + bodyLength + " bytes for positions " + firstPosition
                    + " to " + endPosition + " in blocks of " + blockSize);
        }
    }
}
