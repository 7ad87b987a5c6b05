package io.aquifer.coverage;

import io.aquifer.format.ClusterKeys;

/** What an object in a cluster's part of the bucket is, by its key. */
public enum StoredKind {
    /** Blocks of a broker's WAL, or the seal that ends a sequence of them. */
    WAL,
    /** A segment with its data. */
    SEGMENT,
    /** A segment whose data lies in WAL objects. */
    COMPOSITE,
    /** What is known of a partition's segments. */
    SNAPSHOT,
    /** A record of garbage collection. */
    COLLECTION,
    /** A step in the takeover of a broker's WAL, or on which terms the broker owns it. */
    TAKEOVER,
    /** None that Aquifer made. */
    OTHER;

    /** The kind of the object with a key. */
    public static StoredKind of(ClusterKeys keys, String key) {
        if (keys.walObjectOf(key).isPresent()) {
            return WAL;
        }
        if (keys.compositeOf(key).isPresent()) {
            return COMPOSITE;
        }
        if (keys.segmentOf(key).isPresent()) {
            return SEGMENT;
        }
        if (keys.snapshotOf(key).isPresent()) {
            return SNAPSHOT;
        }
        if (keys.takeoverOf(key).isPresent()) {
            return TAKEOVER;
        }
        return keys.collectionRecordOf(key).isPresent() ? COLLECTION : OTHER;
    }
}
