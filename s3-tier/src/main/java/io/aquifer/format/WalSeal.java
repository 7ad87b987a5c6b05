package io.aquifer.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * The end of the sequence of WAL objects of one epoch: an object at the first free number, after which whoever owned the
 * sequence can add nothing to it. What lies at higher numbers is garbage.
 *
 * <p>Big-endian, in front of the {@linkplain ObjectTrailer trailer}, which has its checksum. Nothing else is in the object:
 *
 * <pre>
 * offset size
 *      0   16  WAL id
 *     16   16  id of whoever sealed: made anew for every opening of a WAL, and for every takeover
 *     32    8  epoch that is sealed
 *     40    8  number of the seal in that epoch
 *     48    8  epoch of the same WAL in which it goes on, or -1 when the WAL was taken over, or moved to another device
 *     56    8  time of the sealing, ms
 *     64    4  node id of the broker whose sequence it ends
 *     68    4  node id of the broker that sealed; the same one when it goes on
 * </pre>
 *
 * @param name the node and the epoch that are sealed, and the number of the seal
 * @param sealer tells two openings or takeovers apart that would otherwise write the same seal
 * @param sealedBy node id; equal to the name's when the broker itself goes on in another epoch
 * @param nextEpoch where the broker goes on, above the epoch that is sealed, or -1 when it was taken over
 * @param sealedAtMs by the clock of whoever sealed, for people: no decision rests on it
 */
public record WalSeal(WalObjectName name, UUID walId, UUID sealer, int sealedBy, long nextEpoch, long sealedAtMs) {

    static final int SIZE = 72;
    /** How long the object of a seal is. No WAL object is that short. */
    static final int OBJECT_LENGTH = SIZE + ObjectTrailer.SIZE;

    static final String REMEDY =
            "Restore the object from a replica or an older version of it; until then nobody can tell who owns the WAL";

    private static final long TAKEN_OVER = -1;

    public WalSeal {
        if (sealedBy < 0 || (nextEpoch != TAKEN_OVER && nextEpoch <= name.epoch())) {
            throw new IllegalArgumentException(
                    "epoch " + name.epoch() + " sealed by broker " + sealedBy + " to go on in epoch " + nextEpoch);
        }
        if (nextEpoch != TAKEN_OVER && sealedBy != name.nodeId()) {
            throw new IllegalArgumentException(
                    "broker " + sealedBy + " doesn't go on with the WAL of broker " + name.nodeId());
        }
    }

    /** A seal with which the broker itself goes on in a later epoch of its WAL. */
    public static WalSeal continued(WalObjectName name, UUID walId, UUID sealer, long nextEpoch, Instant now) {
        return new WalSeal(name, walId, sealer, name.nodeId(), nextEpoch, now.toEpochMilli());
    }

    /** A seal with which another broker takes the WAL over, or the same one with another device. */
    public static WalSeal takenOver(WalObjectName name, UUID walId, UUID sealer, int by, Instant now) {
        return new WalSeal(name, walId, sealer, by, TAKEN_OVER, now.toEpochMilli());
    }

    /** The epoch of the same WAL in which it goes on, or nothing when it was taken over. */
    public OptionalLong continuedIn() {
        return nextEpoch == TAKEN_OVER ? OptionalLong.empty() : OptionalLong.of(nextEpoch);
    }

    /** Whether the broker goes on with another device, in an epoch that no opening of this one reaches. */
    public boolean isMove() {
        return nextEpoch == TAKEN_OVER && sealedBy == name.nodeId();
    }

    /** What an operator reads of it. */
    public String inWords() {
        return "epoch " + name.epoch() + " of the WAL of broker " + name.nodeId() + " was sealed at number "
                + name.sequence() + " by " + sealerInWords()
                + ", at " + Instant.ofEpochMilli(sealedAtMs) + " by its clock";
    }

    private String sealerInWords() {
        if (isMove()) {
            return "`aquifer wal move`, which moves it to another device";
        }
        return nextEpoch == TAKEN_OVER
                ? "broker " + sealedBy + ", which took it over"
                : "the broker's own opening in epoch " + nextEpoch;
    }

    /** The object, ready to be read from position 0. */
    ByteBuffer toBytes() {
        ByteBuffer buffer = ByteBuffer.allocate(OBJECT_LENGTH);
        Uuids.put(buffer, walId);
        Uuids.put(buffer, sealer);
        buffer.putLong(name.epoch()).putLong(name.sequence()).putLong(nextEpoch).putLong(sealedAtMs);
        buffer.putInt(name.nodeId()).putInt(sealedBy);
        new ObjectTrailer(ObjectKind.SEAL, OBJECT_LENGTH, SIZE, Checksum.of(buffer, 0, SIZE)).writeTo(buffer);
        return buffer.flip();
    }

    /**
     * Reads the seal from all that remains in {@code source}, which the trailer vouches for and which is left alone.
     *
     * @param where what was read, for messages
     * @throws DamagedObjectException if a field is wrong
     */
    static WalSeal readFrom(ByteBuffer source, ObjectTrailer trailer, String where) throws DamagedObjectException {
        ByteBuffer buffer = source.slice().order(ByteOrder.BIG_ENDIAN);
        try {
            if (trailer.objectLength() != OBJECT_LENGTH) {
                throw new IllegalArgumentException("an object of " + trailer.objectLength() + " bytes");
            }
            return new WalSeal(
                    new WalObjectName(buffer.getInt(64), buffer.getLong(32), buffer.getLong(40)),
                    Uuids.get(buffer, 0),
                    Uuids.get(buffer, 16),
                    buffer.getInt(68),
                    buffer.getLong(48),
                    buffer.getLong(56));
        } catch (IllegalArgumentException e) {
            throw ObjectKind.SEAL.invalid("content", where, e);
        }
    }
}
