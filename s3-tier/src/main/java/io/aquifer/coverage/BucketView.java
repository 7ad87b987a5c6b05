package io.aquifer.coverage;

import io.aquifer.format.CollectionRecord;
import io.aquifer.format.WalObjectName;
import io.aquifer.format.WalRun;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the bucket held when it was looked at. What was created before the look began is there, and what was deleted before is
 * not; of what changed meanwhile either may be seen.
 */
final class BucketView {

    private final CollectionRecord record;
    private final long nextRecord;
    /** In the order of nodes and epochs. */
    private final List<WalRun> runs = new ArrayList<>();

    private final Map<WalObjectName, WalSummary> summaries = new HashMap<>();
    private final Map<WalObjectName, Long> listed = new TreeMap<>(WalOrder.BY_NUMBER);
    private final NavigableMap<PartitionId, PartitionObjects> partitions = new TreeMap<>();
    private final Set<Integer> unreadable = new HashSet<>();
    private final Set<String> foreign = new TreeSet<>();
    private final List<Problem> problems = new ArrayList<>();
    private int groups = 1;

    /** @param newest record, read after all was listed */
    BucketView(Optional<CollectionRecord> newest) {
        this.record = CollectionRecord.in(newest);
        this.nextRecord = newest.map(found -> found.number() + 1).orElse(0L);
    }

    /** Number of the record behind the newest. */
    long nextRecord() {
        return nextRecord;
    }

    CollectionRecord record() {
        return record;
    }

    void add(WalRun run) {
        runs.add(run);
    }

    List<WalRun> runs() {
        return runs;
    }

    /** The objects that count, node by node in the order of the WAL. */
    List<WalObjectName> counting() {
        return runs.stream().flatMap(run -> run.objects().stream()).toList();
    }

    /** Has logs be looked at in so many groups. */
    void groups(int number) {
        groups = number;
    }

    int groups() {
        return groups;
    }

    /** Whether an object lies behind the seal of its sequence, where nothing counts. */
    boolean isBehindSeal(WalObjectName object) {
        return runs.stream()
                .anyMatch(run -> run.seal().isPresent()
                        && run.nodeId() == object.nodeId()
                        && run.epoch() == object.epoch()
                        && run.end() < object.sequence());
    }

    void add(WalSummary summary) {
        summaries.put(summary.name(), summary);
    }

    /** What is known of a WAL object, null if it couldn't be understood. */
    @Nullable
    WalSummary summary(WalObjectName name) {
        return summaries.get(name);
    }

    /** Notes that an object or a seal with that name exists, and how long it is. */
    void list(WalObjectName name, long length) {
        listed.put(name, length);
    }

    /** Names of all WAL objects and seals that exist, whether they count or not. */
    Set<WalObjectName> listed() {
        return listed.keySet();
    }

    /** How long an object or a seal is that exists. */
    long lengthOf(WalObjectName name) {
        return listed.getOrDefault(name, 0L);
    }

    /** How long all of them are. */
    long walObjectBytes() {
        return listed.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Notes that some of a broker's objects couldn't be put into their order. */
    void unreadable(int nodeId) {
        unreadable.add(nodeId);
    }

    /** Whether all sequences of a broker's WAL are known. */
    boolean isReadable(int nodeId) {
        return !unreadable.contains(nodeId);
    }

    PartitionObjects partition(PartitionId partition) {
        return partitions.computeIfAbsent(partition, key -> new PartitionObjects());
    }

    /** What is known of a partition's objects, to be left unchanged: it may have none. */
    PartitionObjects objectsOf(PartitionId partition) {
        PartitionObjects found = partitions.get(partition);
        return found == null ? new PartitionObjects() : found;
    }

    NavigableMap<PartitionId, PartitionObjects> partitions() {
        return partitions;
    }

    /** Ids of all topics of which there is an object, or a word in a WAL object that counts. */
    Set<UUID> topics() {
        Set<UUID> topics = new HashSet<>();
        partitions.forEach((partition, objects) -> {
            if (!objects.keys().isEmpty()) {
                topics.add(partition.topicId());
            }
        });
        for (WalSummary summary : summaries.values()) {
            for (int i = 0; i < summary.size(); i++) {
                topics.add(summary.log(i).topicId());
            }
        }
        return topics;
    }

    /** The WAL objects that composite segments name. */
    Set<WalObjectName> named() {
        Set<WalObjectName> named = new HashSet<>();
        partitions
                .values()
                .forEach(partition ->
                        partition.composites().values().forEach(composite -> named.addAll(composite.objects())));
        return named;
    }

    /** Whether every composite segment was understood, so that what they name is known. */
    boolean knowsComposites() {
        return partitions.values().stream().allMatch(PartitionObjects::isUnderstood);
    }

    void foreign(String key) {
        foreign.add(key);
    }

    /** Keys that no object of this cluster has. */
    Set<String> foreign() {
        return foreign;
    }

    void add(Problem problem) {
        problems.add(problem);
    }

    /** What couldn't be understood. */
    List<Problem> problems() {
        return problems;
    }
}
