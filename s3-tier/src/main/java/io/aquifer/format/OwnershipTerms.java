package io.aquifer.format;

import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * What ends a broker's ownership of its WAL in one epoch, which whoever takes the WAL over has to know: nothing but being cut off
 * from the device, or time. It is in the bucket before the broker uploads anything of that epoch, and before a lease is confirmed.
 *
 * <p>Big-endian. Magic, version and checksum keep their places in every version:
 *
 * <pre>
 * offset size
 *      0    8  magic "AQUIFOWN"
 *      8    2  version, 1
 *     10    2  zero
 *     12    4  CRC32C of the whole object, this field taken as zero
 *     16    4  node id of the broker
 *     20    8  epoch of its WAL
 *     28   16  id of the WAL
 *     44    8  length of the lease in ms, or -1 when time doesn't end it
 * </pre>
 *
 * @param wal the broker and the epoch
 * @param walId tells WALs apart that the same broker had
 * @param leaseMs how long the broker goes on acknowledging without a confirmation, in ms, or nothing when it does so for as long
 *     as it has the device
 */
public record OwnershipTerms(WalEpoch wal, UUID walId, OptionalLong leaseMs) {

    static final int SIZE = 52;
    private static final long NO_LEASE = -1;
    private static final ObjectHeader HEADER = new ObjectHeader(
            0x4151554946_4f574eL,
            1,
            "record of a WAL's ownership",
            "Restore it from a replica of the bucket or an older version of the object: without it, the WAL can be taken over"
                    + " only once its device is detached from the broker");

    public OwnershipTerms {
        if (leaseMs.isPresent() && leaseMs.getAsLong() < 0) {
            throw new IllegalArgumentException("a lease of " + leaseMs.getAsLong() + " ms");
        }
    }

    ByteBuffer toBytes() {
        ByteBuffer buffer = HEADER.begin(SIZE);
        buffer.putInt(wal.nodeId()).putLong(wal.epoch());
        Uuids.put(buffer, walId);
        buffer.putLong(leaseMs.orElse(NO_LEASE));
        return HEADER.seal(buffer);
    }

    /** @param where what was read, for messages */
    static OwnershipTerms readFrom(ByteBuffer source, String where) throws ObjectFormatException {
        return HEADER.read(source, where, OwnershipTerms::decode);
    }

    private static OwnershipTerms decode(ByteBuffer buffer) {
        WalEpoch wal = new WalEpoch(buffer.getInt(), buffer.getLong());
        UUID walId = Uuids.get(buffer);
        long leaseMs = buffer.getLong();
        return new OwnershipTerms(wal, walId, leaseMs == NO_LEASE ? OptionalLong.empty() : OptionalLong.of(leaseMs));
    }
}
