package io.aquifer.wal.recovery;

/**
 * Where the WAL keeps one data record.
 *
 * @param block position of its block
 * @param payload where its payload begins, in bytes from the block's start
 * @param length of the payload in bytes
 * @param checksum CRC32C of the payload
 */
public record Extent(
        long baseOffset, long lastOffset, int leaderEpoch, long block, int payload, int length, int checksum) {}
