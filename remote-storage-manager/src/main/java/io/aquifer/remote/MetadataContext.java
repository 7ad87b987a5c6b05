package io.aquifer.remote;

import io.aquifer.format.ClusterKeys;
import io.aquifer.object.ObjectStore;

/**
 * What the partitions of a metadata manager share.
 *
 * @param openings bounds how many partitions are read at once
 * @param deletions of the snapshots of partitions that have gone
 */
record MetadataContext(
        ObjectStore store,
        ClusterKeys keys,
        int brokerId,
        PartitionOpener opener,
        BoundedCalls openings,
        SnapshotDeletions deletions,
        MetadataTimer timer) {

    /**
     * Over a store.
     *
     * @param calls most calls to the store at once while partitions are being opened
     * @param journal of the partitions whose snapshots are still to be deleted
     */
    static MetadataContext of(
            ObjectStore store,
            ClusterKeys keys,
            int brokerId,
            int calls,
            DeletionJournal journal,
            MetadataTimer timer) {
        PartitionOpener opener = new PartitionOpener(store, keys, new BoundedCalls(calls));
        SnapshotDeletions deletions = new SnapshotDeletions(store, keys, journal, timer);
        return new MetadataContext(store, keys, brokerId, opener, new BoundedCalls(calls), deletions, timer);
    }
}
