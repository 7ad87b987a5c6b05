package io.aquifer.log;

import io.aquifer.wal.append.Claim;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * A batch that is in the WAL's memory and on its way to the device, while it is appended to the local file.
 *
 * <p>Closed without {@link #appendedLocally}, it takes itself back: its offsets will belong to the next append.
 */
final class WalAppend implements AutoCloseable {

    private final SharedLog log;
    private final Claim claim;
    private final MemoryRecords records;
    private boolean appended;

    WalAppend(SharedLog log, Claim claim) {
        this.log = log;
        this.claim = claim;
        this.records = MemoryRecords.readableRecords(claim.payload());
    }

    /** The batch in the WAL's memory, valid until this is closed. */
    MemoryRecords records() {
        return records;
    }

    void appendedLocally() {
        appended = true;
    }

    @Override
    public void close() {
        claim.release();
        if (!appended) {
            log.takeBack();
        }
    }
}
