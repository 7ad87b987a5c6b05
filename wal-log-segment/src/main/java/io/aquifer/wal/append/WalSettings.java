package io.aquifer.wal.append;

import java.time.Duration;

/**
 * How a WAL uses memory and its device.
 *
 * @param memoryBytes aligned memory for blocks that are being filled or written
 * @param blockBytes a block isn't filled beyond this, unless by a single longer record
 * @param writesInFlight device writes at once, from 1 to 64
 * @param deviceTimeout a device write that takes longer has failed
 */
public record WalSettings(int memoryBytes, int blockBytes, int writesInFlight, Duration deviceTimeout) {

    public WalSettings {
        if (blockBytes <= 0 || memoryBytes / 8 < blockBytes) {
            throw new IllegalArgumentException(
                    "memory of " + memoryBytes + " bytes isn't 8 times a block of " + blockBytes + " bytes");
        }
        if (writesInFlight < 1 || writesInFlight > 64) {
            throw new IllegalArgumentException(writesInFlight + " writes in flight, not 1 to 64");
        }
        if (deviceTimeout.isNegative() || deviceTimeout.isZero()) {
            throw new IllegalArgumentException("a device timeout of " + deviceTimeout);
        }
    }
}
