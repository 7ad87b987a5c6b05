package io.aquifer.wal.upload;

import io.aquifer.format.WalChain;
import io.aquifer.format.WalObjects;
import io.aquifer.wal.layout.Superblock;

/**
 * What all parts of an upload share.
 *
 * @param opened the superblock of this opening
 * @param wakeUp tells the driver that an answer is here; any thread may call it
 */
record UploadContext(
        Superblock opened,
        BlockSource source,
        WalObjects objects,
        WalChain chain,
        UploadSettings settings,
        Lease lease,
        UploadObserver observer,
        Runnable wakeUp) {

    long now() {
        return lease.now();
    }

    void wake() {
        wakeUp.run();
    }

    long backoffNanos(int failures) {
        long least = settings.leastBackoff().toNanos();
        long most = settings.mostBackoff().toNanos();
        return Math.min(most, least << Math.min(20, failures - 1));
    }
}
