package io.aquifer.coverage;

import java.io.IOException;
import java.util.Set;
import java.util.UUID;

/** Asks the cluster which topics there are. */
@FunctionalInterface
public interface LiveTopics {

    /**
     * Ids of all topics of the cluster.
     *
     * @throws IOException if that isn't known now. Then nothing is deleted for being of a deleted topic
     */
    Set<UUID> ids() throws IOException;
}
