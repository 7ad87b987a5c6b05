package io.aquifer.wal.append;

/**
 * Told when a record is durable.
 *
 * <p>Called on the thread that completed the device write, in the order of blocks; within a block in no particular
 * order. It may neither block nor throw.
 */
@FunctionalInterface
public interface DurableListener {

    /** Hears nothing. */
    DurableListener NONE = () -> {};

    void durable();
}
