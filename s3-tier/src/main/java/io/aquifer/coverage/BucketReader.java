package io.aquifer.coverage;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.CollectionRecord;
import io.aquifer.format.CollectionRecords;
import io.aquifer.format.Composites;
import io.aquifer.format.LogIncarnation;
import io.aquifer.format.ObjectFormatException;
import io.aquifer.format.PartitionSnapshot;
import io.aquifer.format.SegmentName;
import io.aquifer.format.WalChain;
import io.aquifer.format.WalEpoch;
import io.aquifer.format.WalObjectName;
import io.aquifer.format.WalObjects;
import io.aquifer.format.WalRun;
import io.aquifer.object.Listing;
import io.aquifer.object.ObjectNotFoundException;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.StoreWait;
import io.aquifer.object.StoredObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Looks at the whole bucket. What it has read of an object is kept for the next look, since objects never change. Not
 * thread-safe.
 */
final class BucketReader {

    /** Longer than a snapshot ever gets: a length that a listing says is no reason to allocate so much. */
    private static final long MAX_SNAPSHOT_BYTES = 64 << 20;

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final WalChain chain;
    private final WalObjects walObjects;
    private final Composites composites;
    private final CollectionRecords records;
    private final long memoryLimit;
    private Map<WalObjectName, WalSummary> summaries = new HashMap<>();
    private Map<SegmentName, CompositeSegment> opened = new HashMap<>();
    private Map<String, PartitionSnapshot> snapshots = new HashMap<>();

    /** @param memoryLimit how many bytes of the heap a look may take up, about */
    BucketReader(ObjectStore store, ClusterKeys keys, long memoryLimit) {
        this.memoryLimit = memoryLimit;
        this.store = store;
        this.keys = keys;
        this.chain = new WalChain(store, keys);
        this.walObjects = new WalObjects(store, keys);
        this.composites = new Composites(store, keys);
        this.records = new CollectionRecords(store, keys);
    }

    /**
     * Looks at everything. Objects that don't verify are {@linkplain BucketView#problems problems} of the view.
     *
     * @throws TooMuchToCollectException if there is more than may be kept in mind
     * @throws ChangedMeanwhileException if an object went while it was looked at, as a snapshot does when the next one is there
     * @throws IOException if the store fails, or if the record of what was collected can't be read
     */
    BucketView look() throws IOException {
        try {
            return lookAtAll();
        } catch (ObjectNotFoundException e) {
            throw new ChangedMeanwhileException("What was listed a moment ago is gone. Look again: " + e.getMessage());
        }
    }

    private BucketView lookAtAll() throws IOException {
        Memory memory = new Memory(memoryLimit);
        Optional<CollectionRecord> before = StoreWait.untilDone(records.newest());
        // Segments first: the start of a log moves in the WAL before a segment below it goes.
        List<StoredObject> segments = new ArrayList<>();
        forEach(keys.segments(), memory, segments::add);
        NavigableMap<WalEpoch, List<StoredObject>> wal = new TreeMap<>();
        List<String> foreign = new ArrayList<>();
        forEach(
                keys.walObjects(),
                memory,
                object -> keys.walObjectOf(object.key())
                        .ifPresentOrElse(
                                name -> wal.computeIfAbsent(WalEpoch.of(name), epoch -> new ArrayList<>())
                                        .add(object),
                                () -> foreign.add(object.key())));
        // What is condemned in a record that was there before the listings is so for a reason that they show.
        if (!StoreWait.untilDone(records.newest()).equals(before)) {
            throw new ChangedMeanwhileException("Garbage was collected while the bucket was looked at. Look again");
        }
        BucketView view = new BucketView(before);
        foreign.forEach(view::foreign);
        readWal(view, wal, memory);
        readSegments(view, segments, memory);
        view.groups(memory.groups());
        return view;
    }

    private void forEach(String prefix, Memory memory, Consumer<StoredObject> found) throws IOException {
        Listing.forEach(store, prefix, object -> {
            memory.object();
            found.accept(object);
        });
    }

    private void readWal(BucketView view, NavigableMap<WalEpoch, List<StoredObject>> wal, Memory memory)
            throws IOException {
        List<WalObjectName> counting = new ArrayList<>();
        for (Map.Entry<WalEpoch, List<StoredObject>> epoch : wal.entrySet()) {
            epoch.getValue()
                    .forEach(object ->
                            keys.walObjectOf(object.key()).ifPresent(name -> view.list(name, object.length())));
            try {
                Optional<WalRun> run = StoreWait.untilDone(chain.run(epoch.getKey(), epoch.getValue(), view.record()));
                run.ifPresent(view::add);
                run.ifPresent(found -> counting.addAll(found.objects()));
            } catch (ObjectFormatException e) {
                // Without its seal nobody knows where the run ends: all of it is left alone, and keeps what it may rest
                // on.
                view.add(new Problem(epoch.getValue().get(0).key(), String.valueOf(e.getMessage())));
                view.unreadable(epoch.getKey().nodeId());
            }
        }
        Map<WalObjectName, WalSummary> kept = new HashMap<>();
        Map<LogIncarnation, LogIncarnation> logs = new HashMap<>();
        Openings.open(
                counting,
                name -> summaries.containsKey(name) ? 0 : view.lengthOf(name),
                name -> summaries.containsKey(name)
                        ? CompletableFuture.completedFuture(summaries.get(name))
                        : walObjects.open(name).thenApply(WalSummary::of),
                (name, summary) -> {
                    memory.walObject(summary);
                    summary.share(logs);
                    kept.put(name, summary);
                    view.add(summary);
                },
                (name, failure) -> view.add(new Problem(keys.walObject(name), String.valueOf(failure.getMessage()))));
        summaries = kept;
    }

    /** What single WAL objects say that count no more; of those that can't be understood there is nothing. */
    Map<WalObjectName, WalSummary> summaries(Iterable<WalObjectName> names, BucketView view) throws IOException {
        Map<WalObjectName, WalSummary> found = new HashMap<>();
        Openings.open(
                names,
                view::lengthOf,
                name -> walObjects.open(name).thenApply(WalSummary::of),
                found::put,
                (name, failure) -> view.add(new Problem(keys.walObject(name), String.valueOf(failure.getMessage()))));
        return found;
    }

    private void readSegments(BucketView view, List<StoredObject> objects, Memory memory) throws IOException {
        Map<SegmentName, Long> named = new LinkedHashMap<>();
        Map<PartitionId, StoredObject> newest = new HashMap<>();
        for (StoredObject object : objects) {
            Optional<SegmentName> plain = keys.segmentOf(object.key());
            Optional<SegmentName> composite = keys.compositeOf(object.key());
            Optional<PartitionId> snapshot =
                    keys.snapshotOf(object.key()).map(name -> new PartitionId(name.topicId(), name.partition()));
            Optional<PartitionId> partition =
                    plain.or(() -> composite).map(PartitionId::of).or(() -> snapshot);
            if (partition.isEmpty()) {
                view.foreign(object.key());
                continue;
            }
            PartitionObjects known = view.partition(partition.get());
            known.addKey(object.key(), object.length());
            plain.ifPresent(known::addPlain);
            composite.ifPresent(name -> named.put(name, object.length()));
            snapshot.ifPresent(id -> newest.put(id, object)); // the last one listed has the highest number
        }
        readComposites(view, named);
        readSnapshots(view, newest, memory);
    }

    private void readComposites(BucketView view, Map<SegmentName, Long> lengths) throws IOException {
        Map<SegmentName, CompositeSegment> kept = new HashMap<>();
        Openings.open(
                lengths.keySet(),
                name -> opened.containsKey(name) ? 0 : lengths.getOrDefault(name, 0L),
                name -> opened.containsKey(name)
                        ? CompletableFuture.completedFuture(opened.get(name))
                        : composites.open(name, Optional.empty()).thenApply(CompositeSegment::of),
                (name, composite) -> {
                    kept.put(name, composite);
                    view.partition(PartitionId.of(name)).addComposite(composite);
                },
                (name, failure) -> {
                    view.partition(PartitionId.of(name)).notUnderstood();
                    view.add(new Problem(keys.composite(name), String.valueOf(failure.getMessage())));
                });
        opened = kept;
    }

    private void readSnapshots(BucketView view, Map<PartitionId, StoredObject> newest, Memory memory)
            throws IOException {
        Map<String, PartitionSnapshot> kept = new HashMap<>();
        Openings.open(
                newest.values(),
                StoredObject::length,
                this::snapshot,
                (object, snapshot) -> {
                    memory.snapshot(snapshot.segments().size());
                    kept.put(object.key(), snapshot);
                    view.partition(new PartitionId(snapshot.topicId(), snapshot.partition()))
                            .promise(snapshot);
                },
                (object, failure) -> view.add(new Problem(object.key(), String.valueOf(failure.getMessage()))));
        snapshots = kept;
    }

    private CompletableFuture<PartitionSnapshot> snapshot(StoredObject object) {
        PartitionSnapshot known = snapshots.get(object.key());
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        if (object.length() == 0 || object.length() > MAX_SNAPSHOT_BYTES) {
            return CompletableFuture.failedFuture(new UnusableSnapshotException(
                    "'" + object.key() + "', a snapshot, has " + object.length() + " bytes"));
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) object.length());
        return store.get(object.key(), 0, bytes).thenCompose(range -> {
            try {
                PartitionSnapshot read = PartitionSnapshot.readFrom(bytes, "'" + object.key() + "'");
                if (!keys.snapshot(read.topicId(), read.partition(), read.number())
                        .equals(object.key())) {
                    throw new UnusableSnapshotException("'" + object.key() + "' was copied from another key");
                }
                return CompletableFuture.completedFuture(read);
            } catch (IOException e) {
                return CompletableFuture.failedFuture(e);
            }
        });
    }
}
