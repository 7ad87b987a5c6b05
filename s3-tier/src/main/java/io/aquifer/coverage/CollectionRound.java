package io.aquifer.coverage;

import java.util.List;
import java.util.Optional;

/**
 * What came of a round of garbage collection.
 *
 * @param onDuty whether this collector is the one of the cluster; if not, it did nothing and the rest is empty
 * @param deleted what was deleted
 * @param abortedUploads how many unfinished uploads were removed
 * @param condemned how many WAL objects, other objects and topics were condemned, to be deleted in a later round
 * @param left the WAL objects that are there still
 * @param problems what couldn't be understood, and is left alone
 * @param topicsUnknown why it couldn't be found out which topics live, so that none was taken for deleted; empty if it could
 */
public record CollectionRound(
        boolean onDuty,
        Deleted deleted,
        int abortedUploads,
        int condemned,
        WalObjectsLeft left,
        List<Problem> problems,
        Optional<String> topicsUnknown) {

    /** A round of a collector that leaves the work to another. */
    static final CollectionRound STANDING_BY = new CollectionRound(
            false, new Deleted(0, 0, 0), 0, 0, new WalObjectsLeft(0, 0), List.of(), Optional.empty());

    public CollectionRound {
        problems = List.copyOf(problems);
    }

    /**
     * What was deleted.
     *
     * @param walObjects how many WAL objects
     * @param others how many segment objects, composite segments and snapshots
     * @param bytes how long all of them were together
     */
    public record Deleted(int walObjects, int others, long bytes) {}

    /**
     * WAL objects, whether anybody needs them or not.
     *
     * @param bytes how long they are together
     */
    public record WalObjectsLeft(int objects, long bytes) {}

    /** Whether the bucket is another now than before. */
    public boolean changedSomething() {
        return deleted.walObjects() + deleted.others() + abortedUploads + condemned > 0;
    }
}
