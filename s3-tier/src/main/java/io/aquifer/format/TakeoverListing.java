package io.aquifer.format;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the bucket has of all takeovers.
 *
 * @param owners node ids of the brokers that ever owned a WAL that goes to the bucket
 * @param takeovers those that somebody asked for, completed ones among them
 */
public record TakeoverListing(Set<Integer> owners, List<TakeoverState> takeovers) {

    public TakeoverListing {
        owners = Set.copyOf(owners);
        takeovers = List.copyOf(takeovers);
    }

    /** How far one of them has come, or nothing when nobody asked for it. */
    public Optional<TakeoverState> of(WalEpoch wal) {
        return takeovers.stream().filter(each -> each.wal().equals(wal)).findFirst();
    }

    /** Those that aren't complete. */
    public List<TakeoverState> running() {
        return takeovers.stream().filter(each -> !each.complete()).toList();
    }
}
