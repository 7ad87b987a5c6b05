package io.aquifer.wal.recovery;

/**
 * What a scan of a WAL found.
 *
 * @param end position behind the last block that verified; the next block is written there
 * @param padding bytes of explicit padding among what was scanned, in front of the ring's end
 * @param blocks data blocks that verified
 * @param records in those blocks
 * @param stopReason why the block at {@code end} isn't part of the WAL, in words
 */
public record ScanResult(long end, long padding, long blocks, long records, String stopReason) {}
