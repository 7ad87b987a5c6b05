package io.aquifer.format;

import java.util.UUID;

/**
 * One life of a partition's log on one broker, whose records in WAL objects belong together.
 *
 * @param partition number of the partition, 0 or more
 * @param incarnation random, so that a log that was deleted and came back isn't taken for the one that was deleted
 */
public record LogIncarnation(UUID topicId, int partition, long incarnation) {

    public LogIncarnation {
        if (partition < 0) {
            throw new IllegalArgumentException("partition " + partition + " of topic " + topicId);
        }
    }
}
