package io.aquifer.coverage;

import java.util.List;

/**
 * What came of a round of garbage collection.
 *
 * @param onDuty whether this collector is the one of the cluster
 * @param deletedWalObjects how many WAL objects were deleted
 * @param deletedObjects how many other objects were
 * @param abortedUploads how many unfinished uploads were removed
 * @param condemned how many WAL objects, other objects and topics were condemned, to be deleted in a later round
 * @param walObjects how many WAL objects count
 * @param problems what couldn't be understood, and is left alone
 */
public record CollectionRound(
        boolean onDuty,
        int deletedWalObjects,
        int deletedObjects,
        int abortedUploads,
        int condemned,
        int walObjects,
        List<Problem> problems) {

    public CollectionRound {
        problems = List.copyOf(problems);
    }
}
