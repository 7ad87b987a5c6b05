package io.aquifer.format;

import java.util.Set;

/**
 * How far the takeover of a broker's WAL has come, as the bucket has it. Each step is an object that is created once.
 *
 * @param wal the broker, and the epoch of the takeover
 * @param planned whether it is settled who gets what
 * @param prepared the brokers that have made ready what they get
 * @param taken the brokers that have all that they get in their own WALs
 * @param complete whether all that was planned is with its new owners
 */
public record TakeoverState(
        WalEpoch wal, boolean planned, Set<Integer> prepared, Set<Integer> taken, boolean complete) {

    public TakeoverState {
        prepared = Set.copyOf(prepared);
        taken = Set.copyOf(taken);
    }
}
