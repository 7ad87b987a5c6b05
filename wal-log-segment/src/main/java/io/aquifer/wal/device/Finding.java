package io.aquifer.wal.device;

/**
 * One reason not to overwrite a device.
 *
 * @param text a sentence for an operator
 */
public record Finding(Kind kind, String text) {

    /** What kind of reason it is. */
    public enum Kind {
        /** A file system on it, or on a partition of it, is mounted. */
        MOUNTED,
        /** The kernel swaps to it, or to a partition of it. */
        SWAP,
        /** It has partitions. */
        PARTITIONED,
        /** Another device of the kernel is built on it. */
        HELD,
        /** Another process has it. */
        IN_USE,
        /** It carries the mark of something known. */
        SIGNATURE,
        /** It carries something, and nothing known. */
        UNKNOWN_DATA,
        /** What is written to it is gone when the machine stops. */
        IN_MEMORY
    }
}
