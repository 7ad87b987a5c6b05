package io.aquifer.remote;

import io.aquifer.format.ClusterKeys;
import io.aquifer.object.ObjectStore;

/**
 * What the partitions of a metadata manager share.
 *
 * @param openings bounds how many partitions are read at once
 */
record MetadataContext(
        ObjectStore store,
        ClusterKeys keys,
        int brokerId,
        PartitionOpener opener,
        BoundedCalls openings,
        MetadataTimer timer) {

    /** @param calls most calls to the store at once while partitions are being opened */
    static MetadataContext of(ObjectStore store, ClusterKeys keys, int brokerId, int calls, MetadataTimer timer) {
        PartitionOpener opener = new PartitionOpener(store, keys, new BoundedCalls(calls));
        return new MetadataContext(store, keys, brokerId, opener, new BoundedCalls(calls), timer);
    }
}
