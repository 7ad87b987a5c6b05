package io.aquifer.rebuild;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.LogIncarnation;
import io.aquifer.object.Listing;
import io.aquifer.object.ObjectPage;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.StoredObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the bucket has under the keys of many partitions' segments, listed for several partitions at once where they have few
 * objects. A partition of which much is there is listed by itself when its turn comes.
 *
 * <p>A page holds what follows the key at which it begins, so it is whole for each partition that it goes beyond. What is left
 * is cut in two, and both halves are gone through at once; where a page isn't whole for two partitions at least, that would be
 * no faster.
 */
final class SegmentListings {

    private static final int WORTHWHILE = 2;

    /** Objects, of about 250 bytes of memory each. */
    private static final int MOST = 100_000;

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final int most;
    private final Map<String, List<StoredObject>> listed = new ConcurrentHashMap<>();
    private final AtomicInteger objects = new AtomicInteger();

    private SegmentListings(ObjectStore store, ClusterKeys keys, int most) {
        this.store = store;
        this.keys = keys;
        this.most = most;
    }

    /** Lists the partitions of some logs. The future fails as {@link ObjectStore#list} does. */
    static CompletableFuture<SegmentListings> read(
            ObjectStore store, ClusterKeys keys, Collection<LogIncarnation> logs) {
        return read(store, keys, logs, MOST);
    }

    /** @param most objects that are kept in memory, or a few pages more */
    static CompletableFuture<SegmentListings> read(
            ObjectStore store, ClusterKeys keys, Collection<LogIncarnation> logs, int most) {
        SegmentListings listings = new SegmentListings(store, keys, most);
        Map<UUID, SortedSet<String>> places = new HashMap<>();
        for (LogIncarnation log : logs) {
            places.computeIfAbsent(log.topicId(), topic -> new TreeSet<>())
                    .add(keys.segmentsOf(log.topicId(), log.partition()));
        }
        List<CompletableFuture<?>> running = new ArrayList<>();
        places.forEach(
                (topicId, partitions) -> running.add(listings.list(keys.segmentsOf(topicId), List.copyOf(partitions))));
        return allOf(running).thenApply(done -> listings);
    }

    private static CompletableFuture<Void> allOf(List<CompletableFuture<?>> running) {
        return CompletableFuture.allOf(running.toArray(CompletableFuture<?>[]::new));
    }

    /** @param partitions what the keys of each begin with, in the order of the keys */
    private CompletableFuture<Void> list(String topic, List<String> partitions) {
        if (partitions.size() < WORTHWHILE || objects.get() >= most) {
            return CompletableFuture.completedFuture(null);
        }
        return store.list(topic, partitions.get(0), ObjectStore.MAX_PAGE).thenCompose(page -> {
            List<String> rest = keepWhole(page, partitions);
            if (partitions.size() - rest.size() < WORTHWHILE) {
                return CompletableFuture.completedFuture(null);
            }
            int half = rest.size() / 2;
            return allOf(List.of(list(topic, rest.subList(0, half)), list(topic, rest.subList(half, rest.size()))));
        });
    }

    /** Keeps what is there of the partitions for which the page is whole; answers the others. */
    private List<String> keepWhole(ObjectPage page, List<String> partitions) {
        List<String> rest = new ArrayList<>();
        int next = 0;
        for (String partition : partitions) {
            if (!isWhole(page, partition)) {
                rest.add(partition);
                continue;
            }
            List<StoredObject> found = new ArrayList<>();
            while (next < page.objects().size()
                    && page.objects().get(next).key().compareTo(partition) < 0) {
                next++;
            }
            while (next < page.objects().size()
                    && page.objects().get(next).key().startsWith(partition)) {
                found.add(page.objects().get(next));
                next++;
            }
            listed.put(partition, found);
            objects.addAndGet(found.size());
        }
        return rest;
    }

    private static boolean isWhole(ObjectPage page, String partition) {
        return page.next()
                .map(last -> last.compareTo(partition) > 0 && !last.startsWith(partition))
                .orElse(true);
    }

    /** All that is there of a partition, in the order of the keys, if it was listed. */
    Optional<List<StoredObject>> of(UUID topicId, int partition) {
        return Optional.ofNullable(listed.get(keys.segmentsOf(topicId, partition)));
    }

    /** Goes through all that is there of a partition, in the order of the keys. Blocks if it wasn't listed. */
    void forEach(UUID topicId, int partition, Listing.Visitor visitor) throws IOException {
        Optional<List<StoredObject>> there = of(topicId, partition);
        if (there.isEmpty()) {
            Listing.forEach(store, keys.segmentsOf(topicId, partition), visitor);
            return;
        }
        for (StoredObject object : there.get()) {
            visitor.object(object);
        }
    }
}
