package io.aquifer.format;

import io.aquifer.object.Listing;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.PutResult;
import io.aquifer.object.StoredObject;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The sequences of a broker's WAL objects, epoch after epoch, and the seals that end them.
 *
 * <p>Futures fail with an {@link ObjectFormatException} when a seal doesn't verify or lies where it doesn't belong, or as those
 * of the {@link ObjectStore} do.
 */
public final class WalChain {

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final IndexReader<WalSeal> seals;
    private final CollectionRecords records;

    public WalChain(ObjectStore store, ClusterKeys keys) {
        this.store = store;
        this.keys = keys;
        this.seals = new IndexReader<>(store, ObjectKind.SEAL, WalSeal.OBJECT_LENGTH, WalSeal::readFrom);
        this.records = new CollectionRecords(store, keys);
    }

    /** Creates the object of a seal, unless one with its number exists; as {@link ObjectStore#putIfAbsent}. */
    public CompletableFuture<PutResult> seal(WalSeal seal) {
        return store.putIfAbsent(keys.walObject(seal.name()), seal.toBytes());
    }

    /**
     * What an object is that was found at a number: the seal, or nothing when it is a WAL object. The future fails with an
     * {@link io.aquifer.object.ObjectNotFoundException} when there is none.
     */
    public CompletableFuture<Optional<WalSeal>> sealAt(WalObjectName name) {
        return store.head(keys.walObject(name)).thenCompose(found -> readIfSeal(name, found));
    }

    private CompletableFuture<Optional<WalSeal>> readIfSeal(WalObjectName name, StoredObject found) {
        return isSeal(found) ? read(name).thenApply(Optional::of) : CompletableFuture.completedFuture(Optional.empty());
    }

    /** A WAL object is longer by far. Whoever takes it for one because its length isn't right is told by its trailer. */
    private static boolean isSeal(StoredObject object) {
        return object.length() == WalSeal.OBJECT_LENGTH;
    }

    private CompletableFuture<WalSeal> read(WalObjectName name) {
        String key = keys.walObject(name);
        return seals.tail(key).thenApply(seal -> {
            if (!seal.name().equals(name)) {
                throw new CompletionException(new ForeignObjectException(seals.where(key) + " holds another seal, of "
                        + seal.name() + ": it was copied from another key. " + WalSeal.REMEDY));
            }
            return seal;
        });
    }

    /**
     * Every epoch of which the bucket has objects, the oldest first, each with its run. However many there are, they are listed
     * together.
     */
    public CompletableFuture<List<WalRun>> runs(int nodeId) {
        return Listing.of(store, keys.walObjectsOf(nodeId)).thenCompose(listed -> {
            NavigableMap<Long, List<StoredObject>> epochs = new TreeMap<>();
            for (StoredObject object : listed) {
                keys.walObjectOf(object.key())
                        .ifPresent(name -> epochs.computeIfAbsent(name.epoch(), epoch -> new ArrayList<>())
                                .add(object));
            }
            return epochs.isEmpty()
                    ? CompletableFuture.completedFuture(List.of())
                    : records.newest().thenCompose(record -> runs(nodeId, epochs, CollectionRecord.in(record)));
        });
    }

    private CompletableFuture<List<WalRun>> runs(
            int nodeId, NavigableMap<Long, List<StoredObject>> epochs, CollectionRecord record) {
        List<CompletableFuture<Optional<WalRun>>> runs = new ArrayList<>();
        epochs.forEach((epoch, listed) -> runs.add(run(new WalEpoch(nodeId, epoch), listed, record)));
        return CompletableFuture.allOf(runs.toArray(CompletableFuture<?>[]::new))
                .thenApply(done ->
                        runs.stream().flatMap(run -> run.join().stream()).toList());
    }

    /** The run of an epoch, or nothing when the bucket has no object of it. */
    public CompletableFuture<Optional<WalRun>> run(int nodeId, long epoch) {
        return Listing.of(store, keys.walObjectsOf(nodeId, epoch))
                .thenCompose(listed -> records.newest()
                        .thenCompose(record -> run(new WalEpoch(nodeId, epoch), listed, CollectionRecord.in(record))));
    }

    /**
     * The run among listed objects of an epoch. What isn't listed because it was collected must be condemned in {@code record}:
     * it was read after the listing.
     */
    public CompletableFuture<Optional<WalRun>> run(WalEpoch epoch, List<StoredObject> listed, CollectionRecord record) {
        Growing run = new Growing(epoch, record.condemned(epoch));
        for (StoredObject object : listed) {
            Optional<WalObjectName> name = keys.walObjectOf(object.key());
            if (name.isPresent() && !run.add(name.get().sequence(), isSeal(object))) {
                break;
            }
        }
        return finish(run);
    }

    private CompletableFuture<Optional<WalRun>> finish(Growing run) {
        if (run.end < 0) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        if (!run.sealed && run.first < 0) {
            // All that was listed has been condemned since, for which there must be more by now.
            return run(run.epoch.nodeId(), run.epoch.epoch());
        }
        if (!run.sealed) {
            return CompletableFuture.completedFuture(Optional.of(run.with(Optional.empty())));
        }
        return read(new WalObjectName(run.epoch.nodeId(), run.epoch.epoch(), run.end))
                .thenApply(seal -> Optional.of(run.with(Optional.of(seal))));
    }

    private static final class Growing {
        private final WalEpoch epoch;
        private final LongRanges condemned;
        private long first = -1;
        private long end = -1;
        private boolean sealed;

        private Growing(WalEpoch epoch, LongRanges condemned) {
            this.epoch = epoch;
            this.condemned = condemned;
        }

        /** Whether the run may go on behind this number. */
        private boolean add(long sequence, boolean seal) {
            long next = end < 0 ? sequence : condemned.endFrom(end);
            if (sequence < next) {
                return true;
            }
            if (sequence > next) {
                return false;
            }
            if (condemned.contains(sequence)) {
                end = condemned.endFrom(sequence);
                return true;
            }
            first = first < 0 ? sequence : first;
            sealed = seal;
            end = seal ? sequence : sequence + 1;
            return !seal;
        }

        private WalRun with(Optional<WalSeal> seal) {
            return new WalRun(epoch.nodeId(), epoch.epoch(), first < 0 ? end : first, end, seal, condemned);
        }
    }
}
