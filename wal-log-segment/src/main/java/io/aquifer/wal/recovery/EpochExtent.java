package io.aquifer.wal.recovery;

/**
 * What one epoch wrote of what a WAL holds.
 *
 * @param start position of its first block that isn't trimmed
 * @param end position behind its last block
 */
public record EpochExtent(long epoch, long start, long end) {}
