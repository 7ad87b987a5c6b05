package io.aquifer.move;

/** Says what is to be moved in a cluster as it is. */
@FunctionalInterface
public interface MovePlanner {

    /**
     * Plans.
     *
     * @throws MoveRefusedException if the cluster isn't such that anything can be moved
     */
    MovePlan plan(ClusterState cluster) throws MoveRefusedException;
}
