package io.aquifer.format;

import io.aquifer.object.Failures;
import io.aquifer.object.Listing;
import io.aquifer.object.ObjectNotFoundException;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.PutResult;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

/**
 * What the bucket has for whoever takes a broker's WAL over: on which terms the broker owns it.
 *
 * <p>Futures fail with an {@link ObjectFormatException} when an object doesn't verify or lies where it doesn't belong, or as those
 * of the {@link ObjectStore} do.
 */
public final class Takeovers {

    private static final String TERMS = "terms";

    private final ObjectStore store;
    private final ClusterKeys keys;

    public Takeovers(ObjectStore store, ClusterKeys keys) {
        this.store = store;
        this.keys = keys;
    }

    /** The epochs of a broker's WAL of which anything is known here. */
    public CompletableFuture<SortedSet<Long>> epochs(int nodeId) {
        return Listing.of(store, keys.takeoversOf(nodeId))
                .thenApply(objects -> objects.stream()
                        .map(object -> keys.takeoverOf(object.key()))
                        .flatMap(Optional::stream)
                        .map(WalEpoch::epoch)
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    /** Says on which terms a broker owns its WAL, before it does; as {@link ObjectStore#putIfAbsent}. */
    public CompletableFuture<PutResult> create(OwnershipTerms terms) {
        return store.putIfAbsent(keys.takeover(terms.wal(), TERMS), terms.toBytes());
    }

    /** On which terms a broker owns its WAL in an epoch, or nothing when it never got so far as to say. */
    public CompletableFuture<Optional<OwnershipTerms>> terms(WalEpoch wal) {
        String key = keys.takeover(wal, TERMS);
        String where = "'" + key + "' in " + store.name();
        ByteBuffer bytes = ByteBuffer.allocate(OwnershipTerms.SIZE);
        return store.get(key, 0, bytes)
                .thenApply(range -> decode(wal, bytes, where))
                .exceptionallyCompose(failure -> Failures.unwrapped(failure) instanceof ObjectNotFoundException
                        ? CompletableFuture.completedFuture(Optional.empty())
                        : CompletableFuture.failedFuture(failure));
    }

    private static Optional<OwnershipTerms> decode(WalEpoch wal, ByteBuffer bytes, String where) {
        try {
            OwnershipTerms terms = OwnershipTerms.readFrom(bytes, where);
            if (!terms.wal().equals(wal)) {
                throw new ForeignObjectException(
                        where + " is about " + terms.wal() + ": it was copied from another key");
            }
            return Optional.of(terms);
        } catch (ObjectFormatException e) {
            throw new CompletionException(e);
        }
    }
}
