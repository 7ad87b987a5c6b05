package io.aquifer.wal.layout;

import java.util.UUID;

/**
 * Identifies one log: a partition of a topic as one broker keeps it from creation to deletion.
 *
 * @param incarnation random, so that a replica that left and came back isn't taken for the one that left
 */
public record LogId(UUID topicId, int partition, long incarnation) {

    @Override
    public String toString() {
        return String.format("%s-%d#%016x", topicId, partition, incarnation);
    }
}
