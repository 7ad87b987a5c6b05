package io.aquifer.move;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who is alive in a cluster, and where its partitions are.
 *
 * @param brokers by id
 * @param partitions by topic and number
 */
public record ClusterState(List<Broker> brokers, List<PartitionState> partitions) {

    /** Looks at all topics. */
    public static ClusterState of(ClusterAdmin admin) throws ClusterRequestException {
        return new ClusterState(admin.brokers(), admin.partitions(admin.topics()));
    }

    Optional<Broker> broker(int id) {
        return brokers.stream().filter(broker -> broker.id() == id).findFirst();
    }

    Optional<String> rack(int id) {
        return broker(id).flatMap(Broker::rack);
    }

    /**
     * The brokers with these ids.
     *
     * @throws MoveRefusedException if one of them isn't alive
     */
    List<Broker> alive(List<Integer> ids) throws MoveRefusedException {
        Set<Broker> found = new LinkedHashSet<>();
        for (int id : ids) {
            found.add(broker(id)
                    .orElseThrow(() -> new MoveRefusedException(
                            "Broker " + id + " can't get partitions: it isn't alive, or is fenced. " + whoIsAlive())));
        }
        return List.copyOf(found);
    }

    /** A sentence. */
    String whoIsAlive() {
        return brokers.isEmpty()
                ? "No broker is alive."
                : "Alive are: "
                        + brokers.stream()
                                .map(broker -> Integer.toString(broker.id()))
                                .collect(Collectors.joining(", "))
                        + ".";
    }
}
