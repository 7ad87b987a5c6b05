package io.aquifer.format;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Which broker gets which partition of one whose WAL is taken over. Written once, when all of that WAL is in the bucket.
 *
 * <p>Big-endian. Magic, version and checksum keep their places in every version:
 *
 * <pre>
 * offset size
 *      0    8  magic "AQUIFTKO"
 *      8    2  version, 1
 *     10    2  zero
 *     12    4  CRC32C of the whole object, this field taken as zero
 *     16    4  node id of the broker that is taken over
 *     20    8  epoch of the takeover of its WAL
 *     28    4  node id of the broker that made the plan
 *     32    8  offset up to which that broker had the cluster's metadata
 *     40    4  N, number of partitions
 *              N times:
 *            0    4  node id of the broker whose WAL has the partition
 *            4    8  epoch of the takeover of that WAL
 *           12   16  id of that WAL
 *           28   16  id of the topic
 *           44    4  partition
 *           48    8  incarnation of the log in that WAL
 *           56    4  node id of the broker that gets the partition
 * </pre>
 *
 * @param wal the broker that is taken over, and the epoch of the takeover
 * @param madeBy node id of the broker that made the plan
 * @param metadataOffset up to which that broker had the cluster's metadata. Whoever has less of them can't tell from them how far
 *     the takeover has come
 * @param handovers one for each partition, perhaps none
 */
public record TakeoverPlan(WalEpoch wal, int madeBy, long metadataOffset, List<Handover> handovers) {

    private static final int FIXED_SIZE = 44;
    private static final int HANDOVER_SIZE = 60;
    private static final ObjectHeader HEADER = new ObjectHeader(
            0x41515549_46544b4fL,
            1,
            "plan of a takeover",
            "Restore it from a replica of the bucket or an older version of the object: until then the takeover can't go on");

    /**
     * A partition that gets another owner.
     *
     * @param source whose WAL has it: that of the broker that is taken over, or of one that was taken over before and whose
     *     partition this broker was to get, and died
     * @param walId of that WAL
     * @param log as what that WAL knows it
     * @param owner node id of the broker that gets it
     */
    public record Handover(WalEpoch source, UUID walId, LogIncarnation log, int owner) {
        public Handover {
            if (owner < 0 || owner == source.nodeId()) {
                throw new IllegalArgumentException("partition " + log + " of " + source + " for broker " + owner);
            }
        }
    }

    public TakeoverPlan {
        handovers = List.copyOf(handovers);
        Set<Object> partitions = new HashSet<>();
        for (Handover each : handovers) {
            boolean first =
                    partitions.add(List.of(each.log().topicId(), each.log().partition()));
            if (!first || each.owner() == wal.nodeId()) {
                throw new IllegalArgumentException(
                        each.log() + " of broker " + wal.nodeId() + " for broker " + each.owner());
            }
        }
    }

    /** What one broker gets. */
    public List<Handover> of(int owner) {
        return handovers.stream().filter(each -> each.owner() == owner).toList();
    }

    ByteBuffer toBytes() {
        ByteBuffer buffer =
                HEADER.begin(Math.addExact(FIXED_SIZE, Math.multiplyExact(HANDOVER_SIZE, handovers.size())));
        putEpoch(buffer, wal);
        buffer.putInt(madeBy).putLong(metadataOffset).putInt(handovers.size());
        for (Handover each : handovers) {
            putEpoch(buffer, each.source());
            Uuids.put(buffer, each.walId());
            Uuids.put(buffer, each.log().topicId());
            buffer.putInt(each.log().partition())
                    .putLong(each.log().incarnation())
                    .putInt(each.owner());
        }
        return HEADER.seal(buffer);
    }

    /** @param where what was read, for messages */
    static TakeoverPlan readFrom(ByteBuffer source, String where) throws ObjectFormatException {
        return HEADER.read(source, where, TakeoverPlan::decode);
    }

    private static TakeoverPlan decode(ByteBuffer buffer) {
        WalEpoch wal = getEpoch(buffer);
        int madeBy = buffer.getInt();
        long metadataOffset = buffer.getLong();
        int count = buffer.getInt();
        List<Handover> handovers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            WalEpoch source = getEpoch(buffer);
            UUID walId = Uuids.get(buffer);
            LogIncarnation log = new LogIncarnation(Uuids.get(buffer), buffer.getInt(), buffer.getLong());
            handovers.add(new Handover(source, walId, log, buffer.getInt()));
        }
        return new TakeoverPlan(wal, madeBy, metadataOffset, handovers);
    }

    private static void putEpoch(ByteBuffer buffer, WalEpoch epoch) {
        buffer.putInt(epoch.nodeId()).putLong(epoch.epoch());
    }

    private static WalEpoch getEpoch(ByteBuffer buffer) {
        return new WalEpoch(buffer.getInt(), buffer.getLong());
    }
}
