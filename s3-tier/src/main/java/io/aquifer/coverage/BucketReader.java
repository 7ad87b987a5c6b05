package io.aquifer.coverage;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.CollectionRecord;
import io.aquifer.format.CollectionRecords;
import io.aquifer.format.Composites;
import io.aquifer.format.ObjectFormatException;
import io.aquifer.format.PartitionSnapshot;
import io.aquifer.format.SegmentName;
import io.aquifer.format.WalChain;
import io.aquifer.format.WalEpoch;
import io.aquifer.format.WalObjectName;
import io.aquifer.format.WalObjects;
import io.aquifer.format.WalRun;
import io.aquifer.object.ObjectPage;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.StoredObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the whole bucket. What it has read of an object is kept for the next look, since objects never change. Not
 * thread-safe.
 */
final class BucketReader {

    private static final int OPENED_AT_ONCE = 32;

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final WalChain chain;
    private final WalObjects walObjects;
    private final Composites composites;
    private final CollectionRecords records;
    private Map<WalObjectName, WalSummary> summaries = new HashMap<>();
    private Map<SegmentName, CompositeSegment> opened = new HashMap<>();
    private Map<String, PartitionSnapshot> snapshots = new HashMap<>();

    BucketReader(ObjectStore store, ClusterKeys keys) {
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
     * @throws IOException if the store fails, if an object went while it was looked at, or if the record of what was collected
     *     can't be read
     */
    BucketView look() throws IOException {
        Optional<CollectionRecord> before = StoreWait.untilDone(records.newest());
        // Segments first: the start of a log moves in the WAL before a segment below it goes.
        List<StoredObject> segments = new ArrayList<>();
        forEach(keys.segments(), segments::add);
        NavigableMap<WalEpoch, List<StoredObject>> wal = new TreeMap<>();
        List<String> foreign = new ArrayList<>();
        forEach(
                keys.walObjects(),
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
        readWal(view, wal);
        readSegments(view, segments);
        return view;
    }

    private interface Found {
        void object(StoredObject object);
    }

    private void forEach(String prefix, Found found) throws IOException {
        @Nullable String after = null;
        do {
            ObjectPage page = StoreWait.untilDone(store.list(prefix, after, ObjectStore.MAX_PAGE));
            page.objects().forEach(found::object);
            after = page.next().orElse(null);
        } while (after != null);
    }

    private void readWal(BucketView view, NavigableMap<WalEpoch, List<StoredObject>> wal) throws IOException {
        List<WalObjectName> counting = new ArrayList<>();
        for (Map.Entry<WalEpoch, List<StoredObject>> epoch : wal.entrySet()) {
            epoch.getValue().forEach(object -> keys.walObjectOf(object.key()).ifPresent(view::list));
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
        open(
                counting,
                name -> summaries.containsKey(name)
                        ? CompletableFuture.completedFuture(summaries.get(name))
                        : walObjects.open(name).thenApply(WalSummary::of),
                (name, summary) -> {
                    kept.put(name, summary);
                    view.add(summary);
                },
                (name, failure) -> view.add(new Problem(keys.walObject(name), String.valueOf(failure.getMessage()))));
        summaries = kept;
    }

    /** What single WAL objects say that count no more; of those that can't be understood there is nothing. */
    Map<WalObjectName, WalSummary> summaries(Iterable<WalObjectName> names, BucketView view) throws IOException {
        Map<WalObjectName, WalSummary> found = new HashMap<>();
        open(
                names,
                name -> walObjects.open(name).thenApply(WalSummary::of),
                found::put,
                (name, failure) -> view.add(new Problem(keys.walObject(name), String.valueOf(failure.getMessage()))));
        return found;
    }

    private void readSegments(BucketView view, List<StoredObject> objects) throws IOException {
        List<SegmentName> named = new ArrayList<>();
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
            known.addKey(object.key());
            plain.ifPresent(known::addPlain);
            composite.ifPresent(named::add);
            snapshot.ifPresent(id -> newest.put(id, object)); // the last one listed has the highest number
        }
        readComposites(view, named);
        readSnapshots(view, newest);
    }

    private void readComposites(BucketView view, List<SegmentName> named) throws IOException {
        Map<SegmentName, CompositeSegment> kept = new HashMap<>();
        open(
                named,
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

    private void readSnapshots(BucketView view, Map<PartitionId, StoredObject> newest) throws IOException {
        Map<String, PartitionSnapshot> kept = new HashMap<>();
        open(
                newest.keySet(),
                partition -> snapshot(partition, newest),
                (partition, snapshot) -> {
                    kept.put(keys.snapshot(partition.topicId(), partition.partition(), snapshot.number()), snapshot);
                    view.partition(partition).promise(snapshot);
                },
                (partition, failure) -> view.add(new Problem(
                        Optional.ofNullable(newest.get(partition))
                                .map(StoredObject::key)
                                .orElse(""),
                        String.valueOf(failure.getMessage()))));
        snapshots = kept;
    }

    private CompletableFuture<PartitionSnapshot> snapshot(
            PartitionId partition, Map<PartitionId, StoredObject> newest) {
        StoredObject object = newest.get(partition);
        if (object == null || object.length() == 0 || object.length() > Integer.MAX_VALUE) {
            return CompletableFuture.failedFuture(
                    new UnusableSnapshotException("a snapshot of no bytes at all: an older one says too little"));
        }
        PartitionSnapshot known = snapshots.get(object.key());
        if (known != null) {
            return CompletableFuture.completedFuture(known);
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

    /** An object that no snapshot of its partition can be read from, whatever it holds. */
    private static final class UnusableSnapshotException extends IOException {
        private static final long serialVersionUID = 1L;

        private UnusableSnapshotException(String message) {
            super(message);
        }
    }

    private interface Opening<K, V> {
        CompletableFuture<V> open(K name);
    }

    private interface Result<K, V> {
        void of(K name, V value);
    }

    /** Opens a few at a time, and hands each to {@code good}, or to {@code bad} when it isn't what the format asks for. */
    private static <K, V> void open(
            Iterable<K> names, Opening<K, V> opening, Result<K, V> good, Result<K, IOException> bad)
            throws IOException {
        Deque<Map.Entry<K, CompletableFuture<V>>> under = new ArrayDeque<>();
        try {
            for (K name : names) {
                CompletableFuture<V> future = opening.open(name);
                under.add(Map.entry(name, future));
                if (under.size() >= OPENED_AT_ONCE) {
                    finish(under.remove(), good, bad);
                }
            }
            while (!under.isEmpty()) {
                finish(under.remove(), good, bad);
            }
        } finally {
            under.forEach(entry -> entry.getValue().cancel(true));
        }
    }

    private static <K, V> void finish(
            Map.Entry<K, CompletableFuture<V>> opened, Result<K, V> good, Result<K, IOException> bad)
            throws IOException {
        try {
            good.of(opened.getKey(), StoreWait.untilDone(opened.getValue()));
        } catch (ObjectFormatException | UnusableSnapshotException e) {
            bad.of(opened.getKey(), e);
        }
    }
}
