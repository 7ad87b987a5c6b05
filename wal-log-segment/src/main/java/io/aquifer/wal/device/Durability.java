package io.aquifer.wal.device;

/** How a write to a device becomes durable. */
public enum Durability {

    /** The device has no volatile cache: a direct write that has returned is durable. */
    WRITE_THROUGH,

    /** Each write asks for it by itself ({@code O_DSYNC}). */
    DSYNC,

    /**
     * Each write asks for it by itself ({@code O_DSYNC}), and is one request of the kernel's native AIO. Of that the kernel
     * makes write and flush without waking the thread between them, where {@link #DSYNC} and {@link #SYNC} wake it.
     */
    AIO,

    /** {@code fdatasync} makes every write durable that returned before it. */
    SYNC;

    /** See {@link BlockDevice#writesAreDurable}. */
    public boolean writesAreDurable() {
        return this != SYNC;
    }

    /** See {@link BlockDevice#writesFlush}. */
    public boolean writesFlush() {
        return this == DSYNC || this == AIO;
    }
}
