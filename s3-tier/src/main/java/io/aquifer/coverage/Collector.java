package io.aquifer.coverage;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.CollectionRecord;
import io.aquifer.format.CollectionRecords;
import io.aquifer.format.LongRanges;
import io.aquifer.format.WalEpoch;
import io.aquifer.format.WalObjectName;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.UnfinishedUpload;
import io.aquifer.object.UnfinishedUploadPage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Collects the garbage of a cluster's bucket, in rounds: what two looks find to be garbage is condemned in a durable record, and
 * what is condemned in the record that a later look finds is deleted. So readers know what to pass over before it goes, a
 * collector that was killed is gone on from by any other, and one that slept between looking and deleting deletes only what
 * nobody may refer to any more. One of a cluster's collectors does the work; should two do it, they do each other no harm.
 *
 * <p>Blocks, and isn't thread-safe.
 */
public final class Collector {

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final int nodeId;
    private final CollectorSettings settings;
    private final LiveTopics liveTopics;
    private final LongSupplier nanoClock;
    private final UUID id = UUID.randomUUID();
    private final BucketReader reader;
    private final CollectionRecords records;
    private final Ages<WalObjectName> walAges = new Ages<>();
    private final Ages<String> keyAges = new Ages<>();
    private final Ages<UUID> topicAges = new Ages<>();
    private final Ages<UnfinishedUpload> uploadAges = new Ages<>();
    private long seenRecord = -1;
    private long seenAt;

    /**
     * @param nodeId of the broker that this runs in, or -1
     * @param nanoClock only differences count, as of {@link System#nanoTime}
     */
    public Collector(
            ObjectStore store,
            ClusterKeys keys,
            int nodeId,
            CollectorSettings settings,
            LiveTopics liveTopics,
            LongSupplier nanoClock) {
        this.store = store;
        this.keys = keys;
        this.nodeId = nodeId;
        this.settings = settings;
        this.liveTopics = liveTopics;
        this.nanoClock = nanoClock;
        this.reader = new BucketReader(store, keys);
        this.records = new CollectionRecords(store, keys);
    }

    /**
     * Does a round. When it fails, what it has done so far is whole, and another round goes on.
     *
     * @throws InvariantViolatedException if something was about to go that is needed
     * @throws IOException if the store fails or something changed while it was looked at, or it isn't known which topics live
     */
    public CollectionRound round() throws IOException {
        BucketView view = reader.look();
        if (!isOnDuty(view)) {
            return new CollectionRound(false, 0, 0, 0, 0, 0, view.problems());
        }
        Set<UUID> live = liveTopics.ids();
        int deletedWalObjects = deleteWalObjects(view);
        int deletedObjects = deleteObjects(view, live);
        int aborted = abortUploads();
        int condemned = condemn(view, live);
        return new CollectionRound(
                condemned >= 0,
                deletedWalObjects,
                deletedObjects,
                aborted,
                Math.max(0, condemned),
                view.runs().stream().mapToInt(run -> run.objects().size()).sum(),
                view.problems());
    }

    /** Another collector is left to its work for as long as this one sees it at work. */
    private boolean isOnDuty(BucketView view) {
        long newest = view.nextRecord() - 1;
        if (newest < 0 || view.record().collector().equals(id)) {
            return true;
        }
        long now = nanoClock.getAsLong();
        if (newest != seenRecord) {
            seenRecord = newest;
            seenAt = now;
            return false;
        }
        return now - seenAt >= settings.standIn().toNanos();
    }

    private int deleteWalObjects(BucketView view) throws IOException {
        if (!view.knowsComposites()) {
            return 0;
        }
        Set<WalObjectName> named = view.named();
        List<WalObjectName> condemned = view.listed().stream()
                .filter(object -> view.record().condemns(object) && !named.contains(object))
                .toList();
        List<WalObjectName> counted =
                condemned.stream().filter(object -> !view.isBehindSeal(object)).toList();
        Map<WalObjectName, WalSummary> summaries = reader.summaries(counted, view);
        WalHistory history = WalHistory.of(view, Set.of());
        List<String> doomed = new ArrayList<>();
        for (WalObjectName object : condemned) {
            WalSummary summary = summaries.get(object);
            if (summary != null) {
                Invariant.requireElsewhere(summary, history, view);
            }
            if (summary != null || view.isBehindSeal(object)) {
                doomed.add(keys.walObject(object));
            }
        }
        return delete(doomed);
    }

    private int deleteObjects(BucketView view, Set<UUID> live) throws IOException {
        Set<String> garbage = Garbage.in(view, keys).keys();
        List<String> segments = new ArrayList<>();
        List<String> snapshots = new ArrayList<>();
        view.partitions().forEach((partition, objects) -> {
            boolean deleted =
                    view.record().topics().contains(partition.topicId()) && !live.contains(partition.topicId());
            for (String key : objects.keys()) {
                if (deleted) {
                    (keys.snapshotOf(key).isPresent() ? snapshots : segments).add(key);
                } else if (garbage.contains(key) && view.record().keys().contains(behindRoot(key))) {
                    segments.add(key);
                }
            }
        });
        // The snapshots last: whoever finds some of a topic's objects gone finds what they were.
        return delete(segments) + delete(snapshots);
    }

    private int delete(List<String> doomed) throws IOException {
        if (!doomed.isEmpty()) {
            StoreWait.untilDone(store.delete(doomed));
        }
        return doomed.size();
    }

    private String behindRoot(String key) {
        return key.substring(keys.root().length());
    }

    private int abortUploads() throws IOException {
        Set<UnfinishedUpload> found = new HashSet<>();
        @Nullable UnfinishedUpload after = null;
        do {
            UnfinishedUploadPage page = StoreWait.untilDone(store.listUnfinishedUploads(keys.root(), after));
            found.addAll(page.uploads());
            after = page.next().orElse(null);
        } while (after != null);
        Set<UnfinishedUpload> old = uploadAges.ripe(found, settings.minAge(), nanoClock.getAsLong());
        for (UnfinishedUpload upload : old) {
            StoreWait.untilDone(store.abortUpload(upload));
        }
        return old.size();
    }

    /** How many were condemned, or -1 when another collector was faster. */
    private int condemn(BucketView view, Set<UUID> live) throws IOException {
        long now = nanoClock.getAsLong();
        Garbage garbage = Garbage.in(view, keys);
        Set<UUID> known = view.topics();
        Set<UUID> dead = new HashSet<>(known);
        dead.removeAll(live);
        Set<WalObjectName> walObjects = walAges.ripe(garbage.walObjects(), Duration.ZERO, now);
        Invariant.requireSameWithout(walObjects, view);
        Set<String> others = keyAges.ripe(garbage.keys(), settings.minAge(), now);
        Set<UUID> topics = topicAges.ripe(dead, settings.minAge(), now);

        CollectionRecord old = view.record();
        NavigableMap<WalEpoch, LongRanges> numbers = new TreeMap<>(old.walObjects());
        for (WalObjectName object : walObjects) {
            LongRanges more = old.condemned(WalEpoch.of(object));
            more.addAll(numbers.getOrDefault(WalEpoch.of(object), new LongRanges()));
            more.add(object.sequence(), object.sequence() + 1);
            numbers.put(WalEpoch.of(object), more);
        }
        TreeSet<String> stillGarbage = new TreeSet<>();
        for (String key : garbage.keys()) {
            if (others.contains(key) || old.keys().contains(behindRoot(key))) {
                stillGarbage.add(behindRoot(key));
            }
        }
        TreeSet<UUID> stillDead = new TreeSet<>(old.topics());
        stillDead.addAll(topics);
        stillDead.retainAll(known);
        stillDead.removeAll(live);
        CollectionRecord next = new CollectionRecord(view.nextRecord(), id, nodeId, numbers, stillDead, stillGarbage);
        if (!StoreWait.untilDone(records.create(next))) {
            seenRecord = -1;
            return -1;
        }
        StoreWait.untilDone(records.removeBefore(next.number()));
        return walObjects.size() + others.size() + topics.size();
    }
}
