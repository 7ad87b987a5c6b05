package io.aquifer.remote;

import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;

/**
 * What the bucket says about a partition.
 *
 * @param number of the newest snapshot, or -1 when there is none
 * @param leaderEpoch that the newest readable snapshot was written under, or -1
 * @param highestOffsets of every epoch, as in the snapshot
 * @param segments those that can be read, and those whose deletion began and whose object is still there
 * @param listed ids of all segments whose objects are there
 * @param unrecorded whether some of the segments aren't in a snapshot
 * @param superseded keys of snapshots that nobody needs any more
 */
record OpenedPartition(
        long number,
        int leaderEpoch,
        NavigableMap<Integer, Long> highestOffsets,
        List<RemoteLogSegmentMetadata> segments,
        Set<Uuid> listed,
        boolean unrecorded,
        List<String> superseded) {}
