package io.aquifer.format;

import io.aquifer.object.Failures;
import io.aquifer.object.Listing;
import io.aquifer.object.ObjectNotFoundException;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.PutResult;
import io.aquifer.object.StoredObject;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

/**
 * What the bucket has of takeovers: on which terms a broker owns its WAL, and how far the takeover of that WAL has come.
 *
 * <p>Futures fail with an {@link ObjectFormatException} when an object doesn't verify or lies where it doesn't belong, or as those
 * of the {@link ObjectStore} do.
 */
public final class Takeovers {

    /** A few dozen bytes for each partition of one broker. */
    private static final long MAX_LENGTH = 64L << 20;

    private static final String TERMS = "terms";
    private static final String ASKED = "asked";
    private static final String PLAN = "plan";
    private static final String PREPARED = "prepared-";
    private static final String TAKEN = "taken-";
    private static final String COMPLETE = "complete";

    private final ObjectStore store;
    private final ClusterKeys keys;

    public Takeovers(ObjectStore store, ClusterKeys keys) {
        this.store = store;
        this.keys = keys;
    }

    private interface Decoder<T> {
        T decode(ByteBuffer bytes, String where) throws ObjectFormatException;
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

    /** What there is of all brokers. */
    public CompletableFuture<TakeoverListing> list() {
        return Listing.of(store, keys.takeovers()).thenApply(objects -> {
            Set<Integer> owners = new HashSet<>();
            Map<WalEpoch, Set<String>> steps = new TreeMap<>();
            for (StoredObject object : objects) {
                keys.takeoverOf(object.key()).ifPresent(wal -> {
                    String step = object.key().substring(keys.takeover(wal, "").length());
                    if (step.equals(TERMS)) {
                        owners.add(wal.nodeId());
                    } else {
                        steps.computeIfAbsent(wal, any -> new HashSet<>()).add(step);
                    }
                });
            }
            return new TakeoverListing(
                    owners,
                    steps.entrySet().stream()
                            .map(each -> state(each.getKey(), each.getValue()))
                            .toList());
        });
    }

    private static TakeoverState state(WalEpoch wal, Set<String> steps) {
        return new TakeoverState(
                wal,
                steps.contains(PLAN),
                brokers(wal, PREPARED, steps),
                brokers(wal, TAKEN, steps),
                steps.contains(COMPLETE));
    }

    private static Set<Integer> brokers(WalEpoch wal, String mark, Set<String> steps) {
        Set<Integer> brokers = new HashSet<>();
        for (String step : steps) {
            if (step.startsWith(mark)) {
                try {
                    brokers.add(Integer.parseInt(step.substring(mark.length())));
                } catch (NumberFormatException e) {
                    throw new CompletionException(new ForeignObjectException("'" + step + "' of the takeover of " + wal
                            + " names no broker. Look for what else writes under this prefix"));
                }
            }
        }
        return brokers;
    }

    /** Says on which terms a broker owns its WAL, before it does; as {@link ObjectStore#putIfAbsent}. */
    public CompletableFuture<PutResult> create(OwnershipTerms terms) {
        return store.putIfAbsent(keys.takeover(terms.wal(), TERMS), terms.toBytes());
    }

    /** On which terms a broker owns its WAL in an epoch, or nothing when it never got so far as to say. */
    public CompletableFuture<Optional<OwnershipTerms>> terms(WalEpoch wal) {
        String key = keys.takeover(wal, TERMS);
        return orNothing(get(key, OwnershipTerms.SIZE, OwnershipTerms::readFrom)
                .thenApply(terms -> inPlace(terms, terms.wal(), wal, TERMS)));
    }

    /** Asks for a takeover. To ask again changes nothing. */
    public CompletableFuture<PutResult> ask(WalEpoch wal, int by) {
        return mark(wal, ASKED, by);
    }

    /** Settles who gets what, unless that is settled already. */
    public CompletableFuture<PutResult> create(TakeoverPlan plan) {
        return store.putIfAbsent(keys.takeover(plan.wal(), PLAN), plan.toBytes());
    }

    /** Who gets what, or nothing when it isn't settled. */
    public CompletableFuture<Optional<TakeoverPlan>> plan(WalEpoch wal) {
        return orNothing(store.head(keys.takeover(wal, PLAN))
                .thenCompose(this::getPlan)
                .thenApply(plan -> inPlace(plan, plan.wal(), wal, PLAN)));
    }

    /** Says that a broker has made ready what it gets. */
    public CompletableFuture<PutResult> prepared(WalEpoch wal, int owner) {
        return mark(wal, PREPARED + owner, owner);
    }

    /** Says that a broker has all that it gets in its own WAL, durably. */
    public CompletableFuture<PutResult> taken(WalEpoch wal, int owner) {
        return mark(wal, TAKEN + owner, owner);
    }

    /** Says that all that was planned is with its new owners. */
    public CompletableFuture<PutResult> complete(WalEpoch wal, int by) {
        return mark(wal, COMPLETE, by);
    }

    /** The answer doesn't say who was first: whichever object is there says the same. */
    private CompletableFuture<PutResult> mark(WalEpoch wal, String step, int by) {
        return store.putIfAbsent(keys.takeover(wal, step), new TakeoverMark(by).toBytes());
    }

    private CompletableFuture<TakeoverPlan> getPlan(StoredObject object) {
        return object.length() == 0 || object.length() > MAX_LENGTH
                ? CompletableFuture.failedFuture(
                        new DamagedObjectException(where(object.key()) + " has " + object.length() + " bytes"))
                : get(object.key(), (int) object.length(), TakeoverPlan::readFrom);
    }

    private <T> CompletableFuture<T> get(String key, int length, Decoder<T> decoder) {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        return store.get(key, 0, bytes).thenApply(range -> {
            try {
                return decoder.decode(bytes, where(key));
            } catch (ObjectFormatException e) {
                throw new CompletionException(e);
            }
        });
    }

    private static <T> CompletableFuture<Optional<T>> orNothing(CompletableFuture<T> reading) {
        return reading.thenApply(Optional::of)
                .exceptionallyCompose(failure -> Failures.unwrapped(failure) instanceof ObjectNotFoundException
                        ? CompletableFuture.completedFuture(Optional.empty())
                        : CompletableFuture.failedFuture(failure));
    }

    private <T> T inPlace(T object, WalEpoch found, WalEpoch wanted, String step) {
        if (!found.equals(wanted)) {
            throw new CompletionException(new ForeignObjectException(
                    where(keys.takeover(wanted, step)) + " is about " + found + ": it was copied from another key"));
        }
        return object;
    }

    private String where(String key) {
        return "'" + key + "' in " + store.name();
    }
}
