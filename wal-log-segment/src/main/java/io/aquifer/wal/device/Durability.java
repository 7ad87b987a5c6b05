package io.aquifer.wal.device;

/** How a write to a device becomes durable. */
public enum Durability {

    /** The device has no volatile cache: a direct write that has returned is durable. */
    WRITE_THROUGH,

    /** Each write asks for it by itself ({@code O_DSYNC}). */
    DSYNC,

    /** {@code fdatasync} makes every write durable that returned before it. */
    SYNC
}
