package io.aquifer.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a WAL object holds of which log, and where.
 *
 * <p>Big-endian, between the blocks and the {@linkplain ObjectTrailer trailer}, which has its length and checksum:
 *
 * <pre>
 * offset size
 *      0   16  WAL id
 *     16    8  epoch
 *     24    8  number of the object in its epoch
 *     32    8  position in the WAL of the first block
 *     40    8  position in the WAL behind the last block
 *     48    4  node id of the broker
 *     52    4  block size: a power of two from 512 to 65536
 *     56    4  length of all blocks in the object, at most 256 MiB
 *     60    4  L, number of logs
 *     64       L times, in the order of their first records:
 *            0   16  topic id
 *           16    8  incarnation of the log
 *           24    4  partition
 *           28    4  E, number of entries, 1 or more
 *           32       E times, in the order of the WAL: an {@linkplain WalEntry entry}
 * </pre>
 *
 * It is never longer than the blocks, since each entry, with a log's header if it is the first of one, takes at most what
 * its record takes there. That bounds the memory it is built and opened in.
 */
public final class WalObjectIndex {

    static final int FIXED_SIZE = 64;
    static final String REMEDY =
            "Restore the object from a replica or an older version of it; what no segment object holds of it is lost otherwise";

    /** Bytes that follow the blocks of an object in which there is no log: the index's fixed part, and the trailer. */
    public static final int BYTES_BEHIND_BLOCKS = FIXED_SIZE + ObjectTrailer.SIZE;

    /** Bytes that a log takes in the index, without its entries. */
    public static final int LOG_SIZE = 32;

    private final WalObjectInfo info;
    private final Map<LogIncarnation, List<WalEntry>> logs;

    /**
     * @param logs entries of every log, in the order of the WAL
     * @throws IllegalArgumentException if no WAL object has such contents
     */
    public WalObjectIndex(WalObjectInfo info, Map<LogIncarnation, List<WalEntry>> logs) {
        Map<LogIncarnation, List<WalEntry>> copy = new LinkedHashMap<>();
        logs.forEach((log, entries) -> {
            requireOrder(info, log, entries);
            copy.put(log, List.copyOf(entries));
        });
        this.info = info;
        this.logs = Collections.unmodifiableMap(copy);
        if (size() > info.bodyLength()) {
            throw new IllegalArgumentException("an index of " + size() + " bytes for " + info.bodyLength());
        }
    }

    private static void requireOrder(WalObjectInfo info, LogIncarnation log, List<WalEntry> entries) {
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("no entries of " + log);
        }
        int end = 0;
        for (WalEntry entry : entries) {
            if (entry.position() < end || entry.length() > info.bodyLength() - entry.position()) {
                throw new IllegalArgumentException("a payload of " + entry.length() + " bytes at position "
                        + entry.position() + " of " + log + ", where " + end + " to " + info.bodyLength()
                        + " are left");
            }
            end = entry.position() + entry.length();
        }
    }

    public WalObjectInfo info() {
        return info;
    }

    /** Every log of which the object holds something, with its entries in the order of the WAL. */
    public Map<LogIncarnation, List<WalEntry>> logs() {
        return logs;
    }

    private long size() {
        long size = FIXED_SIZE;
        for (List<WalEntry> entries : logs.values()) {
            size += LOG_SIZE;
            for (WalEntry entry : entries) {
                size += entry.size();
            }
        }
        return size;
    }

    /** Index and trailer, ready to be read from position 0. */
    ByteBuffer withTrailer() {
        int size = Math.toIntExact(size());
        ByteBuffer buffer = ByteBuffer.allocate(size + ObjectTrailer.SIZE);
        WalObjectName name = info.name();
        Uuids.put(buffer, info.walId());
        buffer.putLong(name.epoch()).putLong(name.sequence());
        buffer.putLong(info.firstPosition()).putLong(info.endPosition());
        buffer.putInt(name.nodeId()).putInt(info.blockSize()).putInt(info.bodyLength());
        buffer.putInt(logs.size());
        logs.forEach((log, entries) -> {
            Uuids.put(buffer, log.topicId());
            buffer.putLong(log.incarnation()).putInt(log.partition()).putInt(entries.size());
            entries.forEach(entry -> entry.writeTo(buffer));
        });
        long objectLength = (long) info.bodyLength() + buffer.capacity();
        new ObjectTrailer(ObjectKind.WAL, objectLength, size, Checksum.of(buffer, 0, size)).writeTo(buffer);
        return buffer.flip();
    }

    /**
     * Reads the index from all that remains in {@code source}, which the trailer vouches for and which is left alone. Its
     * bytes are referred to from then on.
     *
     * @param where what was read, for messages
     * @throws DamagedObjectException if a field is wrong
     */
    static WalObjectIndex readFrom(ByteBuffer source, ObjectTrailer trailer, String where)
            throws DamagedObjectException {
        try {
            WalObjectIndex index = decode(source.slice().order(ByteOrder.BIG_ENDIAN));
            if (index.info().bodyLength() != trailer.indexOffset()) {
                throw new IllegalArgumentException("a body of " + index.info().bodyLength() + " bytes where "
                        + trailer.indexOffset() + " are in front of the index");
            }
            return index;
        } catch (IllegalArgumentException e) {
            throw ObjectKind.WAL.invalid("index", where, e);
        }
    }

    private static WalObjectIndex decode(ByteBuffer buffer) {
        WalObjectName name = new WalObjectName(buffer.getInt(48), buffer.getLong(16), buffer.getLong(24));
        WalObjectInfo info = new WalObjectInfo(
                name,
                Uuids.get(buffer, 0),
                buffer.getInt(52),
                buffer.getLong(32),
                buffer.getLong(40),
                buffer.getInt(56));
        int count = buffer.getInt(60);
        buffer.position(FIXED_SIZE);
        Map<LogIncarnation, List<WalEntry>> logs = new LinkedHashMap<>();
        while (buffer.hasRemaining()) {
            readLog(buffer, logs);
        }
        if (logs.size() != count) {
            throw new IllegalArgumentException(logs.size() + " logs where " + count + " were counted");
        }
        return new WalObjectIndex(info, logs);
    }

    private static void readLog(ByteBuffer buffer, Map<LogIncarnation, List<WalEntry>> logs) {
        if (buffer.remaining() < LOG_SIZE) {
            throw new IllegalArgumentException(buffer.remaining() + " bytes behind the last log");
        }
        int start = buffer.position();
        LogIncarnation log =
                new LogIncarnation(Uuids.get(buffer, start), buffer.getInt(start + 24), buffer.getLong(start + 16));
        int count = buffer.getInt(start + 28);
        if (count < 1) {
            throw new IllegalArgumentException(count + " entries of " + log);
        }
        buffer.position(start + LOG_SIZE);
        List<WalEntry> entries = new ArrayList<>();
        while (entries.size() < count) {
            entries.add(WalEntry.readFrom(buffer));
        }
        if (logs.put(log, entries) != null) {
            throw new IllegalArgumentException(log + " is there twice");
        }
    }
}
