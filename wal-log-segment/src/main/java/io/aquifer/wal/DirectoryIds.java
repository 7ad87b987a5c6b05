package io.aquifer.wal;

import io.aquifer.wal.recovery.WalIndex;
import java.util.List;
import java.util.UUID;

/** Decides at the opening of a WAL which ids of log directories its superblock has from then on. */
@FunctionalInterface
public interface DirectoryIds {

    /**
     * The ids to keep.
     *
     * @param known those that the superblock has
     * @param index what the WAL holds
     */
    List<UUID> toKeep(List<UUID> known, WalIndex index);

    /** These, whatever was known. */
    static DirectoryIds of(List<UUID> ids) {
        return (known, index) -> ids;
    }
}
