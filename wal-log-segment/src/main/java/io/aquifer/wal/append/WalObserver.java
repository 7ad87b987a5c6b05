package io.aquifer.wal.append;

/** Hears what the WAL's device does, for metrics. Called on the writers' threads; may neither block nor throw. */
public interface WalObserver {

    /** Hears nothing. */
    WalObserver NONE = (bytes, records, nanos) -> {};

    /**
     * A block has become durable.
     *
     * @param bytes length on the device
     * @param nanos from the start of its write until it was durable
     */
    void blockWritten(int bytes, int records, long nanos);
}
