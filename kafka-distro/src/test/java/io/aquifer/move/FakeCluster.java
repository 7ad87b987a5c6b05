package io.aquifer.move;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/** A cluster in memory, and its time: reassignments are done a while after they were begun. */
final class FakeCluster implements ClusterAdmin, Stopwatch {

    /** Reassignments of partitions that are to stay under way. */
    static final Duration NEVER = Duration.ofDays(1);

    final List<Broker> brokers = new ArrayList<>();
    final Map<TopicPartition, PartitionState> partitions =
            new TreeMap<>(Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition));
    final Map<TopicPartition, Refusal> refusals = new HashMap<>();
    final List<Map<TopicPartition, List<Integer>>> requests = new ArrayList<>();
    Duration takes = Duration.ofSeconds(1);
    boolean silent;

    private final Map<TopicPartition, Long> due = new LinkedHashMap<>();
    private long now;
    private int mostUnderWay;
    private Runnable meanwhile = () -> {};
    private final Map<TopicPartition, PartitionState> stale = new HashMap<>();

    static TopicPartition partition(String topic, int number) {
        return new TopicPartition(topic, number);
    }

    FakeCluster withBrokers(int... ids) {
        for (int id : ids) {
            brokers.add(new Broker(id, Optional.empty(), false));
        }
        return this;
    }

    FakeCluster withBroker(int id, String rack) {
        brokers.add(new Broker(id, Optional.of(rack), false));
        return this;
    }

    FakeCluster withCordoned(int id) {
        brokers.add(new Broker(id, Optional.empty(), true));
        return this;
    }

    /** The first replica leads. */
    FakeCluster with(String topic, int number, Integer... replicas) {
        return withLeader(OptionalInt.of(replicas[0]), topic, number, replicas);
    }

    FakeCluster withLeader(OptionalInt leader, String topic, int number, Integer... replicas) {
        put(new PartitionState(partition(topic, number), List.of(replicas), List.of(), List.of(), leader));
        return this;
    }

    void put(PartitionState state) {
        partitions.put(state.partition(), state);
    }

    ClusterState state() {
        return new ClusterState(List.copyOf(brokers), List.copyOf(partitions.values()));
    }

    PartitionState get(String topic, int number) {
        return partitions.get(partition(topic, number));
    }

    /** What somebody else asks for. */
    void reassign(String topic, int number, Integer... target) {
        begin(partition(topic, number), List.of(target));
    }

    /** Forgets what is under way with a partition. */
    void cancel(String topic, int number) {
        PartitionState state = get(topic, number);
        due.remove(state.partition());
        put(new PartitionState(state.partition(), state.origin(), List.of(), List.of(), state.leader()));
    }

    /** Makes brokers go on to tell what was so before, until the next pause. */
    void lag(PartitionState before) {
        stale.put(before.partition(), before);
    }

    /** What happens in the next pause. */
    void meanwhile(Runnable event) {
        meanwhile = event;
    }

    /** How many reassignments have been under way at a time. */
    int mostUnderWay() {
        return mostUnderWay;
    }

    private void begin(TopicPartition id, List<Integer> target) {
        PartitionState state = partitions.get(id);
        List<Integer> origin = state.origin();
        List<Integer> replicas = new ArrayList<>(target);
        origin.stream().filter(replica -> !target.contains(replica)).forEach(replicas::add);
        put(new PartitionState(
                id,
                replicas,
                target.stream().filter(replica -> !origin.contains(replica)).toList(),
                origin.stream().filter(replica -> !target.contains(replica)).toList(),
                state.leader()));
        due.put(id, now + takes.toNanos());
        mostUnderWay = Math.max(mostUnderWay, due.size());
    }

    private void complete() {
        for (TopicPartition id : List.copyOf(due.keySet())) {
            PartitionState state = partitions.get(id);
            if (state == null) {
                due.remove(id);
            } else if (due.get(id) <= now) {
                due.remove(id);
                put(new PartitionState(id, state.target(), List.of(), List.of(), state.leaderToBe()));
            }
        }
    }

    @Override
    public List<Broker> brokers() {
        return brokers;
    }

    @Override
    public Set<String> topics() {
        return partitions.keySet().stream().map(TopicPartition::topic).collect(Collectors.toSet());
    }

    @Override
    public List<PartitionState> partitions(Set<String> topics) throws ClusterRequestException {
        if (silent) {
            throw new ClusterRequestException("The cluster doesn't answer", new IllegalStateException("silent"));
        }
        return partitions.values().stream()
                .filter(state -> topics.contains(state.partition().topic()))
                .map(state -> stale.getOrDefault(state.partition(), state))
                .toList();
    }

    @Override
    public Map<TopicPartition, Refusal> reassign(Map<TopicPartition, List<Integer>> targets) {
        requests.add(Map.copyOf(targets));
        Map<TopicPartition, Refusal> refused = new HashMap<>(refusals);
        refused.keySet().retainAll(targets.keySet());
        targets.forEach((id, target) -> {
            if (partitions.get(id).target().size() != target.size()) {
                refused.put(id, new Refusal(true, "The replication factor is changed"));
            }
            if (!refused.containsKey(id)) {
                begin(id, target);
            }
        });
        return refused;
    }

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public void pause(Duration time) {
        now += time.toNanos();
        stale.clear();
        complete();
        Runnable event = meanwhile;
        meanwhile = () -> {};
        event.run();
    }
}
