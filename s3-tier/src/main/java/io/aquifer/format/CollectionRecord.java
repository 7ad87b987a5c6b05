package io.aquifer.format;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * What garbage collection has condemned: found to be needed by nobody, and never to be referred to again. What is condemned may
 * be gone, or be there still, or be created again by a writer that slept; readers pass over it in any case. A record is written
 * once and never changed, and has all that the one before it had, so the one with the highest number counts.
 *
 * <p>Big-endian. Magic, version and checksum keep their places in every version:
 *
 * <pre>
 * offset size
 *      0    8  magic "AQUIFCOL"
 *      8    2  version, 1
 *     10    2  zero
 *     12    4  CRC32C of the whole object, this field taken as zero
 *     16    8  number of the record
 *     24   16  id of the collector, made when it started
 *     40    4  id of the broker that it ran in, or -1
 *     44    4  W, number of epochs of WALs
 *     48    4  T, number of topics
 *     52    4  K, number of keys
 *              W times, ascending:
 *            0    4  node id
 *            4    8  epoch
 *           12    4  R, number of ranges
 *           16 16*R  ascending, neither overlapping nor touching: first number (8), number behind the last (8)
 *         16*T  ids of topics, ascending as {@link UUID#compareTo} has it: all that is of them
 *              K times, ascending:
 *            0    2  length of the key
 *            2       key in ASCII, without what all keys of the cluster begin with
 * </pre>
 *
 * @param number from 0, without gaps
 * @param collector different for every start of one
 * @param nodeId -1 if it didn't run in a broker
 * @param walObjects numbers of WAL objects
 * @param topics deleted topics, of which nothing is needed
 * @param keys of other objects, behind {@link ClusterKeys#root}. Forgotten once they are gone
 */
public record CollectionRecord(
        long number,
        UUID collector,
        int nodeId,
        NavigableMap<WalEpoch, LongRanges> walObjects,
        SortedSet<UUID> topics,
        SortedSet<String> keys) {

    private static final int FIXED_SIZE = 56;
    private static final int EPOCH_SIZE = 16;
    private static final int RANGE_SIZE = 16;
    private static final int ID_SIZE = 16;
    private static final int MAX_KEY = 1024;
    private static final ObjectHeader HEADER = new ObjectHeader(
            0x4151554946434f4cL,
            1,
            "record of garbage collection",
            "Restore it from a replica of the bucket or an older version of the object: without"
                    + " it, WAL objects that were collected can't be told from ones that are missing");

    public CollectionRecord {
        if (number < 0 || nodeId < -1) {
            throw new IllegalArgumentException("collection record " + number + " of broker " + nodeId);
        }
        NavigableMap<WalEpoch, LongRanges> copy = new TreeMap<>();
        walObjects.forEach((epoch, numbers) -> copy.put(epoch, LongRanges.copyOf(numbers)));
        walObjects = Collections.unmodifiableNavigableMap(copy);
        topics = Collections.unmodifiableSortedSet(new TreeSet<>(topics));
        keys = Collections.unmodifiableSortedSet(new TreeSet<>(keys));
    }

    /** Where a cluster begins in which nothing was collected yet: the record before number 0. */
    public static CollectionRecord first(long number, UUID collector, int nodeId) {
        return new CollectionRecord(number, collector, nodeId, new TreeMap<>(), new TreeSet<>(), new TreeSet<>());
    }

    /** The newest record, or one that condemns nothing where there is none. */
    public static CollectionRecord in(Optional<CollectionRecord> newest) {
        return newest.orElseGet(() -> first(0, new UUID(0, 0), -1));
    }

    /** Numbers of WAL objects of an epoch that are condemned. */
    public LongRanges condemned(WalEpoch epoch) {
        return LongRanges.copyOf(walObjects.getOrDefault(epoch, new LongRanges()));
    }

    /** Whether a WAL object is to be passed over, or is gone for good. */
    public boolean condemns(WalObjectName name) {
        LongRanges numbers = walObjects.get(WalEpoch.of(name));
        return numbers != null && numbers.contains(name.sequence());
    }

    /** The object, ready to be read from position 0. */
    public ByteBuffer toBytes() {
        ByteBuffer buffer = HEADER.begin(size());
        buffer.putLong(number);
        Uuids.put(buffer, collector);
        buffer.putInt(nodeId).putInt(walObjects.size()).putInt(topics.size()).putInt(keys.size());
        walObjects.forEach((epoch, numbers) -> {
            buffer.putInt(epoch.nodeId())
                    .putLong(epoch.epoch())
                    .putInt(numbers.list().size());
            numbers.list().forEach(range -> buffer.putLong(range.from()).putLong(range.to()));
        });
        topics.forEach(topic -> Uuids.put(buffer, topic));
        for (String key : keys) {
            buffer.putShort((short) key.length()).put(key.getBytes(StandardCharsets.US_ASCII));
        }
        return HEADER.seal(buffer);
    }

    private int size() {
        long size = FIXED_SIZE + (long) ID_SIZE * topics.size();
        for (LongRanges numbers : walObjects.values()) {
            size += EPOCH_SIZE + (long) RANGE_SIZE * numbers.list().size();
        }
        for (String key : keys) {
            size += Short.BYTES + key.length();
        }
        return Math.toIntExact(size);
    }

    /**
     * Reads all that remains in {@code source}, which is left alone.
     *
     * @param where what was read, for messages
     * @throws ForeignObjectException if the magic is missing
     * @throws UnsupportedObjectVersionException if another version wrote it; its checksum is right
     * @throws DamagedObjectException if the checksum or a field is wrong
     */
    public static CollectionRecord readFrom(ByteBuffer source, String where) throws ObjectFormatException {
        return HEADER.read(source, where, CollectionRecord::decode);
    }

    private static CollectionRecord decode(ByteBuffer buffer) {
        long number = buffer.getLong();
        UUID collector = Uuids.get(buffer);
        int nodeId = buffer.getInt();
        int epochs = buffer.getInt();
        int topicCount = buffer.getInt();
        int keyCount = buffer.getInt();
        NavigableMap<WalEpoch, LongRanges> walObjects = new TreeMap<>();
        for (int i = 0; i < epochs; i++) {
            WalEpoch epoch = new WalEpoch(buffer.getInt(), buffer.getLong());
            requireAscending(walObjects.isEmpty() || epoch.compareTo(walObjects.lastKey()) > 0, epoch);
            walObjects.put(epoch, getRanges(buffer));
        }
        SortedSet<UUID> topics = new TreeSet<>();
        for (int i = 0; i < topicCount; i++) {
            UUID topic = Uuids.get(buffer);
            requireAscending(topics.isEmpty() || topic.compareTo(topics.last()) > 0, topic);
            topics.add(topic);
        }
        SortedSet<String> keys = new TreeSet<>();
        for (int i = 0; i < keyCount; i++) {
            String key = getKey(buffer);
            requireAscending(keys.isEmpty() || key.compareTo(keys.last()) > 0, key);
            keys.add(key);
        }
        return new CollectionRecord(number, collector, nodeId, walObjects, topics, keys);
    }

    private static LongRanges getRanges(ByteBuffer buffer) {
        int count = buffer.getInt();
        LongRanges numbers = new LongRanges();
        long end = -1;
        for (int i = 0; i < count; i++) {
            LongRanges.Range range = new LongRanges.Range(buffer.getLong(), buffer.getLong());
            requireAscending(range.from() > end, range);
            numbers.add(range.from(), range.to());
            end = range.to();
        }
        return numbers;
    }

    private static String getKey(ByteBuffer buffer) {
        int length = Short.toUnsignedInt(buffer.getShort());
        if (length == 0 || length > MAX_KEY) {
            throw new IllegalArgumentException("a key of " + length + " bytes");
        }
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private static void requireAscending(boolean ascending, Object found) {
        if (!ascending) {
            throw new IllegalArgumentException(found + " is out of order");
        }
    }
}
