package io.aquifer.wal.device;

/**
 * A range of bytes on a device.
 *
 * @param from its first byte
 * @param to the byte behind its last, not before {@code from}
 */
public record ByteRange(long from, long to) {

    /** Checks the order of the bounds. */
    public ByteRange {
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("No range: " + from + " to " + to);
        }
    }
}
