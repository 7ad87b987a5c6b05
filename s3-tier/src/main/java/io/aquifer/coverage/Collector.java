package io.aquifer.coverage;

import io.aquifer.coverage.CollectionRound.Deleted;
import io.aquifer.coverage.CollectionRound.WalObjectsLeft;
import io.aquifer.format.ClusterKeys;
import io.aquifer.format.CollectionRecord;
import io.aquifer.format.CollectionRecords;
import io.aquifer.format.LongRanges;
import io.aquifer.format.WalEpoch;
import io.aquifer.format.WalObjectName;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.StoreWait;
import io.aquifer.object.UnfinishedUpload;
import io.aquifer.object.UnfinishedUploadPage;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
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
        this.reader = new BucketReader(store, keys, settings.memory());
        this.records = new CollectionRecords(store, keys);
    }

    /**
     * Does a round. When it fails, what it has done so far is whole, and another round goes on.
     *
     * @throws InvariantViolatedException if something was about to go that is needed
     * @throws IOException if the store fails, something changed while it was looked at, or there is too much of it
     */
    public CollectionRound round() throws IOException {
        // Asked before all is listed, which costs requests: those who stand by need not.
        if (!isOnDuty(StoreWait.untilDone(records.newest()))) {
            return CollectionRound.STANDING_BY;
        }
        BucketView view = reader.look();
        Topics topics = topics();
        Deletion walObjects = deleteWalObjects(view);
        Deletion others = deleteObjects(view, topics);
        int aborted = abortUploads();
        int condemned = condemn(view, topics);
        return new CollectionRound(
                condemned >= 0,
                new Deleted(walObjects.objects(), others.objects(), walObjects.bytes() + others.bytes()),
                aborted,
                Math.max(0, condemned),
                new WalObjectsLeft(
                        view.listed().size() - walObjects.objects(), view.walObjectBytes() - walObjects.bytes()),
                view.problems(),
                topics.unknown());
    }

    /** How many objects went, and how long they were. */
    private record Deletion(int objects, long bytes) {
        private Deletion plus(Deletion other) {
            return new Deletion(objects + other.objects, bytes + other.bytes);
        }
    }

    /**
     * Topics of the cluster.
     *
     * @param unknown why it isn't known which there are: then none is dead
     */
    private record Topics(Set<UUID> live, Optional<String> unknown) {

        private boolean isDead(UUID topic) {
            return unknown.isEmpty() && !live.contains(topic);
        }
    }

    /** Asked after the look: a topic that this look found something of was there before. */
    private Topics topics() throws IOException {
        try {
            return new Topics(liveTopics.ids(), Optional.empty());
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            return new Topics(Set.of(), Optional.of(String.valueOf(e.getMessage())));
        }
    }

    /** Another collector is left to its work for as long as this one sees it at work. */
    private boolean isOnDuty(Optional<CollectionRecord> record) {
        if (record.isEmpty() || record.get().collector().equals(id)) {
            return true;
        }
        long newest = record.get().number();
        long now = nanoClock.getAsLong();
        if (newest != seenRecord) {
            seenRecord = newest;
            seenAt = now;
            return false;
        }
        return now - seenAt >= settings.standIn().toNanos();
    }

    private Deletion deleteWalObjects(BucketView view) throws IOException {
        if (!view.knowsComposites()) {
            return new Deletion(0, 0);
        }
        Set<WalObjectName> named = view.named();
        List<WalObjectName> condemned = view.listed().stream()
                .filter(object -> view.record().condemns(object) && !named.contains(object))
                .toList();
        List<WalObjectName> counted =
                condemned.stream().filter(object -> !view.isBehindSeal(object)).toList();
        Map<WalObjectName, WalSummary> summaries = reader.summaries(counted, view);
        Invariant.requireElsewhere(summaries.values(), view);
        Map<String, Long> doomed = new LinkedHashMap<>();
        for (WalObjectName object : condemned) {
            WalSummary summary = summaries.get(object);
            if (summary != null || view.isBehindSeal(object)) {
                doomed.put(keys.walObject(object), view.lengthOf(object));
            }
        }
        return delete(doomed);
    }

    private Deletion deleteObjects(BucketView view, Topics topics) throws IOException {
        Set<String> garbage = Garbage.in(view, keys).keys();
        Map<String, Long> segments = new LinkedHashMap<>();
        Map<String, Long> snapshots = new LinkedHashMap<>();
        view.partitions().forEach((partition, objects) -> {
            UUID topic = partition.topicId();
            boolean deleted = view.record().topics().contains(topic) && topics.isDead(topic);
            objects.keys().forEach((key, length) -> {
                if (deleted) {
                    (keys.snapshotOf(key).isPresent() ? snapshots : segments).put(key, length);
                } else if (garbage.contains(key) && view.record().keys().contains(behindRoot(key))) {
                    segments.put(key, length);
                }
            });
        });
        // The snapshots last: whoever finds some of a topic's objects gone finds what they were.
        return delete(segments).plus(delete(snapshots));
    }

    private Deletion delete(Map<String, Long> doomed) throws IOException {
        if (!doomed.isEmpty()) {
            StoreWait.untilDone(store.delete(doomed.keySet()));
        }
        return new Deletion(
                doomed.size(),
                doomed.values().stream().mapToLong(Long::longValue).sum());
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
    private int condemn(BucketView view, Topics topics) throws IOException {
        long now = nanoClock.getAsLong();
        Garbage garbage = Garbage.in(view, keys);
        Set<UUID> known = view.topics();
        Set<UUID> dead = known.stream().filter(topics::isDead).collect(Collectors.toSet());
        Set<WalObjectName> walObjects = walAges.ripe(garbage.walObjects(), Duration.ZERO, now);
        Invariant.requireSameWithout(walObjects, view);
        Set<String> others = keyAges.ripe(garbage.keys(), settings.minAge(), now);
        Set<UUID> deadLong = topicAges.ripe(dead, settings.minAge(), now);

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
        stillDead.addAll(deadLong);
        stillDead.retainAll(known);
        stillDead.removeAll(topics.live());
        CollectionRecord next = new CollectionRecord(view.nextRecord(), id, nodeId, numbers, stillDead, stillGarbage);
        if (!StoreWait.untilDone(records.create(next))) {
            seenRecord = -1;
            return -1;
        }
        StoreWait.untilDone(records.removeBefore(next.number()));
        return walObjects.size() + others.size() + deadLong.size();
    }
}
