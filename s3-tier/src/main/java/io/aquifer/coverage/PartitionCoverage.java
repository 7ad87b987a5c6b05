package io.aquifer.coverage;

import io.aquifer.format.LongRanges;

/**
 * Where the records of a partition are in the bucket. What is only in the untrimmed part of a WAL's device isn't there yet, and
 * isn't missing.
 *
 * @param shared whether a WAL object says something of it; of other partitions nothing is promised but the segments that
 *     there are
 * @param start the first offset that is promised, -1 where nothing says so
 * @param end behind the last offset that is promised, -1 where nothing says so
 * @param plain offsets in segment objects
 * @param composite offsets in composite segments of which every WAL object is there
 * @param wal offsets in WAL objects
 * @param local offsets from before the topic was shared that no segment has yet: they are on the local disk only
 * @param gaps offsets that are promised and nowhere
 */
public record PartitionCoverage(
        PartitionId partition,
        boolean shared,
        long start,
        long end,
        LongRanges plain,
        LongRanges composite,
        LongRanges wal,
        LongRanges local,
        LongRanges gaps) {}
