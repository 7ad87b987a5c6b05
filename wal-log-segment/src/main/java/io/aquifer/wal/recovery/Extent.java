package io.aquifer.wal.recovery;

/**
 * Where the WAL keeps one data record.
 *
 * @param lastOffset of the record as it was written
 * @param end of what counts of it: batches that reach this offset or lie behind it were truncated or replaced since
 * @param block position of its block
 * @param payload where its payload begins, in bytes from the block's start
 * @param length of the payload in bytes
 * @param checksum CRC32C of the payload, with what doesn't count of it
 */
public record Extent(
        long baseOffset,
        long lastOffset,
        long end,
        int leaderEpoch,
        long block,
        int payload,
        int length,
        int checksum) {

    /** Whether not all of the record counts. */
    public boolean isCut() {
        return end <= lastOffset;
    }

    /** This extent without what reaches {@code offset}. */
    Extent cutAt(long offset) {
        return new Extent(baseOffset, lastOffset, Math.min(end, offset), leaderEpoch, block, payload, length, checksum);
    }
}
