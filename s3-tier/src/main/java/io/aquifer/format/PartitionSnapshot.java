package io.aquifer.format;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What the leader of a partition knew of its segments when it wrote the object. It is written once and never changed; the one
 * with the highest number counts.
 *
 * <p>Big-endian. Magic, version and checksum keep their places in every version:
 *
 * <pre>
 * offset size
 *      0    8  magic "AQUIFMET"
 *      8    2  version, 1
 *     10    2  zero
 *     12    4  CRC32C of the whole object, this field taken as zero
 *     16   16  topic id
 *     32    8  number of the snapshot
 *     40    4  partition
 *     44    4  leader epoch of the writer, as far as it knew, or -1
 *     48    4  id of the broker that wrote it
 *     52    4  H, number of leader epochs that were ever copied
 *     56    4  S, number of segments
 *     60 12*H  ascending: epoch (4), highest offset of it that was ever copied (8)
 *              S times:
 *            0   16  segment id
 *           16    8  base offset
 *           24    8  end offset, of the last record
 *           32    8  largest timestamp of the records, ms
 *           40    8  time of the last change, ms
 *           48    4  id of the broker that made it
 *           52    4  length of the data
 *           56    4  1 when no transaction was aborted in the segment, plus 2 when it is being deleted
 *           60    4  C, length of the custom metadata, or -1 when there is none
 *           64    4  E, number of leader epochs with records in the segment
 *           68 12*E  ascending: epoch (4), first offset of that epoch (8)
 *                 C  custom metadata
 * </pre>
 *
 * @param number from 0, without gaps
 * @param leaderEpoch of the writer, or -1 when it wasn't known
 * @param highestOffsets for every leader epoch that was ever copied, the highest offset of it
 */
public record PartitionSnapshot(
        UUID topicId,
        int partition,
        long number,
        int leaderEpoch,
        int brokerId,
        NavigableMap<Integer, Long> highestOffsets,
        List<SnapshotSegment> segments) {

    private static final int FIXED_SIZE = 60;
    private static final int SEGMENT_SIZE = 68;
    private static final int EPOCH_SIZE = Integer.BYTES + Long.BYTES;
    private static final int TRANSACTION_INDEX_EMPTY = 1;
    private static final int DELETING = 2;
    private static final ObjectHeader HEADER = new ObjectHeader(
            0x41515549464d4554L,
            1,
            "snapshot of a partition",
            "The partition's metadata is made anew from its segment objects");

    public PartitionSnapshot {
        if (partition < 0 || number < 0 || leaderEpoch < -1) {
            throw new IllegalArgumentException(
                    "snapshot " + number + " of partition " + partition + " by leader epoch " + leaderEpoch);
        }
        highestOffsets = Collections.unmodifiableNavigableMap(new TreeMap<>(highestOffsets));
        segments = List.copyOf(segments);
        for (SnapshotSegment segment : segments) {
            SegmentName name = segment.info().name();
            if (name.partition() != partition || !name.topicId().equals(topicId)) {
                throw new IllegalArgumentException(name + " isn't of partition " + partition + " of topic " + topicId);
            }
        }
    }

    /** The segments that aren't being deleted, in the order of their offsets. */
    public List<SnapshotSegment> live() {
        return segments.stream()
                .filter(segment -> !segment.deleting())
                .sorted(Comparator.comparing(segment -> segment.info().name().baseOffset()))
                .toList();
    }

    /** The offset behind all segments that aren't being deleted, or nothing when there are none. */
    public OptionalLong liveEnd() {
        return endOf(live());
    }

    /** The offset behind all of some segments, or nothing when there are none. */
    public static OptionalLong endOf(List<SnapshotSegment> segments) {
        return segments.stream()
                .mapToLong(segment -> segment.info().name().endOffset() + 1)
                .max();
    }

    /** The object, ready to be read from position 0. */
    public ByteBuffer toBytes() {
        ByteBuffer buffer = HEADER.begin(size());
        Uuids.put(buffer, topicId);
        buffer.putLong(number).putInt(partition).putInt(leaderEpoch).putInt(brokerId);
        buffer.putInt(highestOffsets.size()).putInt(segments.size());
        putEpochs(buffer, highestOffsets);
        segments.forEach(segment -> put(buffer, segment));
        return HEADER.seal(buffer);
    }

    private int size() {
        long size = FIXED_SIZE + (long) EPOCH_SIZE * highestOffsets.size();
        for (SnapshotSegment segment : segments) {
            size += SEGMENT_SIZE
                    + (long) EPOCH_SIZE * segment.info().leaderEpochs().size()
                    + segment.custom().map(ByteBuffer::remaining).orElse(0);
        }
        return Math.toIntExact(size);
    }

    private static void put(ByteBuffer buffer, SnapshotSegment segment) {
        SegmentInfo info = segment.info();
        Uuids.put(buffer, info.name().segmentId());
        buffer.putLong(info.name().baseOffset()).putLong(info.name().endOffset());
        buffer.putLong(info.maxTimestamp()).putLong(info.copyTimestamp());
        buffer.putInt(info.brokerId()).putInt(segment.dataLength());
        buffer.putInt(
                (info.transactionIndexEmpty() ? TRANSACTION_INDEX_EMPTY : 0) + (segment.deleting() ? DELETING : 0));
        buffer.putInt(segment.custom().map(ByteBuffer::remaining).orElse(-1));
        buffer.putInt(info.leaderEpochs().size());
        putEpochs(buffer, info.leaderEpochs());
        segment.custom().ifPresent(custom -> buffer.put(custom.duplicate()));
    }

    /**
     * Reads all that remains in {@code source}, which is left alone.
     *
     * @param where what was read, for messages
     * @throws ForeignObjectException if the magic is missing
     * @throws UnsupportedObjectVersionException if another version wrote it; its checksum is right
     * @throws DamagedObjectException if the checksum or a field is wrong
     */
    public static PartitionSnapshot readFrom(ByteBuffer source, String where) throws ObjectFormatException {
        return HEADER.read(source, where, PartitionSnapshot::decode);
    }

    private static PartitionSnapshot decode(ByteBuffer buffer) {
        UUID topicId = Uuids.get(buffer);
        long number = buffer.getLong();
        int partition = buffer.getInt();
        int leaderEpoch = buffer.getInt();
        int brokerId = buffer.getInt();
        int highest = buffer.getInt();
        int count = buffer.getInt();
        NavigableMap<Integer, Long> highestOffsets = getEpochs(buffer, highest);
        List<SnapshotSegment> segments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            segments.add(getSegment(buffer, topicId, partition));
        }
        return new PartitionSnapshot(topicId, partition, number, leaderEpoch, brokerId, highestOffsets, segments);
    }

    private static SnapshotSegment getSegment(ByteBuffer buffer, UUID topicId, int partition) {
        UUID segmentId = Uuids.get(buffer);
        long base = buffer.getLong();
        long end = buffer.getLong();
        long maxTimestamp = buffer.getLong();
        long changed = buffer.getLong();
        int brokerId = buffer.getInt();
        int dataLength = buffer.getInt();
        int flags = buffer.getInt();
        int customLength = buffer.getInt();
        NavigableMap<Integer, Long> epochs = getEpochs(buffer, buffer.getInt());
        if (flags < 0 || flags > TRANSACTION_INDEX_EMPTY + DELETING || customLength < -1 || epochs.isEmpty()) {
            throw new IllegalArgumentException("flags " + flags + ", " + customLength + " bytes of custom metadata and "
                    + epochs.size() + " leader epochs in segment " + segmentId);
        }
        SegmentName name = new SegmentName(topicId, partition, base, end, epochs.lastKey(), segmentId);
        SegmentInfo info =
                new SegmentInfo(name, maxTimestamp, changed, brokerId, (flags & TRANSACTION_INDEX_EMPTY) != 0, epochs);
        return new SnapshotSegment(info, dataLength, getCustom(buffer, customLength), (flags & DELETING) != 0);
    }

    private static Optional<ByteBuffer> getCustom(ByteBuffer buffer, int length) {
        if (length < 0) {
            return Optional.empty();
        }
        if (length > buffer.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] custom = new byte[length];
        buffer.get(custom);
        return Optional.of(ByteBuffer.wrap(custom));
    }

    private static void putEpochs(ByteBuffer buffer, NavigableMap<Integer, Long> epochs) {
        epochs.forEach((epoch, offset) -> buffer.putInt(epoch).putLong(offset));
    }

    private static NavigableMap<Integer, Long> getEpochs(ByteBuffer buffer, int count) {
        NavigableMap<Integer, Long> epochs = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            int epoch = buffer.getInt();
            if (!epochs.isEmpty() && epoch <= epochs.lastKey()) {
                throw new IllegalArgumentException("leader epoch " + epoch + " after " + epochs.lastKey());
            }
            epochs.put(epoch, buffer.getLong());
        }
        return epochs;
    }
}
