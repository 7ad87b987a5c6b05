package io.aquifer.takeover;

import io.aquifer.format.LogIncarnation;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Chooses who gets the partitions of a broker that is gone or leaves: whoever leads the fewest, and among those one in that broker's
 * rack, where its clients are.
 *
 * <p>Used by one thread.
 */
final class OwnerChoice {

    private final ClusterView cluster;
    private final List<Integer> candidates;
    private final Optional<String> rack;
    private final Map<Integer, Integer> load = new HashMap<>();

    /**
     * @param leaving whose partitions they are
     * @param candidates brokers that can get partitions
     */
    OwnerChoice(ClusterView cluster, int leaving, List<Integer> candidates) {
        this.cluster = cluster;
        this.candidates = candidates;
        this.rack = cluster.rack(leaving);
        Map<Integer, Integer> leaderships = cluster.leaderships();
        candidates.forEach(broker -> load.put(broker, leaderships.getOrDefault(broker, 0)));
    }

    /** Who gets a partition: nobody who has a replica already, which would be taken for the partition's log. */
    OptionalInt choose(LogIncarnation log) {
        return among(candidates.stream()
                .filter(broker -> !cluster.isReplica(log, broker))
                .toList());
    }

    /** Who gets a partition that nobody else has a replica of. */
    OptionalInt choose() {
        return among(candidates);
    }

    private OptionalInt among(List<Integer> possible) {
        Optional<Integer> chosen = possible.stream()
                .min(Comparator.<Integer>comparingInt(broker -> load.getOrDefault(broker, 0))
                        .thenComparing(broker -> !(rack.isPresent() && rack.equals(cluster.rack(broker))))
                        .thenComparing(broker -> broker));
        chosen.ifPresent(broker -> load.merge(broker, 1, Integer::sum));
        return chosen.map(OptionalInt::of).orElse(OptionalInt.empty());
    }
}
