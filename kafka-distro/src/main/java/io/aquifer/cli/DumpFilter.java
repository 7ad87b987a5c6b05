package io.aquifer.cli;

import io.aquifer.wal.layout.LogId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a WAL to list.
 *
 * @param from position before which blocks are left out
 * @param limit of blocks
 * @param blocksOnly whether to leave out all records
 * @param topicId of which to list records; null for any
 * @param partition of which to list records; null for any
 */
record DumpFilter(
        long from,
        long limit,
        boolean blocksOnly,
        @Nullable UUID topicId,
        @Nullable Integer partition) {

    boolean wants(LogId log) {
        return (topicId == null || topicId.equals(log.topicId()))
                && (partition == null || partition == log.partition());
    }

    /** Whether a block is listed whatever is in it. */
    boolean wantsAnyLog() {
        return topicId == null && partition == null;
    }
}
