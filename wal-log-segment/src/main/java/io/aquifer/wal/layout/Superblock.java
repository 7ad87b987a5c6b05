package io.aquifer.wal.layout;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What a WAL knows of itself: whose it is, how large, from where it is still needed.
 *
 * <p>4096 bytes, big-endian, the rest zero. Magic, version and checksum keep their places in every version, so that a
 * release that doesn't know a version can tell it from damage:
 *
 * <pre>
 * offset size
 *      0    8  magic "AQUIFERW"
 *      8    2  version, 1
 *     10    2  zero
 *     12    4  CRC32C of all 4096 bytes, this field taken as zero
 *     16    8  sequence: the higher of two valid superblocks is the current one
 *     24   16  WAL id, made when the device was formatted
 *     40    8  epoch: raised at every opening for writing, before the first write
 *     48    4  block size: every block's position and length is a multiple of it
 *     52    4  node id of the broker that owns this WAL
 *     56    8  capacity: bytes of the device in use, from its start to the ring's end
 *     64    8  trim position: what lies below is needed no more
 *     72    8  epoch start: position where this epoch writes its first block
 *     80    1  1 after a clean shutdown, else 0
 *     81    7  zero
 *     88    2  length of the cluster id in bytes, at most 254
 *     90  254  cluster id, UTF-8
 *    344    2  number of directory ids, at most 128
 *    346 16*n  directory ids of the broker's log directories
 * </pre>
 *
 * @param capacity in bytes; the ring is what lies between {@link #RING_OFFSET} and it
 * @param epochStart no block from here on names an earlier epoch, or it is a stale one: not acknowledged, and not found by
 *     the recovery that began this epoch, but complete again, for a later write left the bytes there that it lacked; or
 *     left beyond a hole, with no block of a later epoch in front of it
 */
public record Superblock(
        long sequence,
        UUID walId,
        long epoch,
        int blockSize,
        int nodeId,
        long capacity,
        long trimPosition,
        long epochStart,
        boolean cleanShutdown,
        String clusterId,
        List<UUID> directoryIds) {

    /** Bytes of one superblock. */
    public static final int SIZE = 4096;

    /** Where the ring begins: behind the two superblock slots. */
    public static final long RING_OFFSET = 2L * SIZE;

    public static final int VERSION = 1;

    /** No data block of any WAL is longer, in bytes. */
    public static final int MAX_BLOCK_LENGTH = 64 << 20;

    private static final long MAGIC = 0x4151554946455257L;
    private static final int CRC_OFFSET = 12;
    private static final int CLUSTER_ID_OFFSET = 88;
    private static final int DIRECTORY_IDS_OFFSET = 344;
    private static final int MAX_CLUSTER_ID = 254;
    private static final int MAX_DIRECTORY_IDS = 128;
    private static final int MIN_RING_BLOCKS = 4;

    public Superblock {
        directoryIds = List.copyOf(directoryIds);
        if (Integer.bitCount(blockSize) != 1 || blockSize < 512 || blockSize > 65536) {
            throw new IllegalArgumentException("block size " + blockSize + " is no power of two from 512 to 65536");
        }
        if (capacity < RING_OFFSET + MIN_RING_BLOCKS * (long) blockSize || (capacity - RING_OFFSET) % blockSize != 0) {
            throw new IllegalArgumentException("capacity " + capacity + " leaves no ring of whole blocks of "
                    + blockSize + " bytes, " + MIN_RING_BLOCKS + " at least");
        }
        if (trimPosition < 0 || trimPosition % blockSize != 0 || trimPosition > Long.MAX_VALUE - capacity) {
            throw new IllegalArgumentException(
                    "trim position " + trimPosition + " is no place of a block of " + blockSize);
        }
        if (sequence < 0 || epoch < 0) {
            throw new IllegalArgumentException("sequence " + sequence + ", epoch " + epoch);
        }
        if (epochStart < 0 || epochStart % blockSize != 0) {
            throw new IllegalArgumentException("epoch start " + epochStart + " is no multiple of " + blockSize);
        }
        if (clusterId.getBytes(StandardCharsets.UTF_8).length > MAX_CLUSTER_ID) {
            throw new IllegalArgumentException("cluster id '" + clusterId + "' is longer than " + MAX_CLUSTER_ID);
        }
        if (directoryIds.size() > MAX_DIRECTORY_IDS) {
            throw new IllegalArgumentException(
                    directoryIds.size() + " log directories, more than " + MAX_DIRECTORY_IDS);
        }
    }

    /** Bytes of the ring. A position's place on the device is {@link #RING_OFFSET} + position modulo this. */
    public long ringSize() {
        return capacity - RING_OFFSET;
    }

    /** No data block of this WAL is longer, in bytes: at least four fit into the ring. */
    public int maxBlockLength() {
        return (int) Math.min(MAX_BLOCK_LENGTH, ringSize() / 4 / blockSize * blockSize);
    }

    /** Where on the device the block at {@code position} begins. */
    public long deviceOffset(long position) {
        return RING_OFFSET + position % ringSize();
    }

    /**
     * The successor of this superblock: the same WAL opened once more for writing.
     *
     * @param end position behind the last block that recovery found
     */
    public Superblock opened(long end, List<UUID> currentDirectoryIds) {
        return new Superblock(
                sequence + 1,
                walId,
                epoch + 1,
                blockSize,
                nodeId,
                capacity,
                trimPosition,
                end,
                false,
                clusterId,
                currentDirectoryIds);
    }

    /** The successor of this superblock with another trim position. */
    public Superblock trimmed(long newTrimPosition, boolean clean) {
        return new Superblock(
                sequence + 1,
                walId,
                epoch,
                blockSize,
                nodeId,
                capacity,
                newTrimPosition,
                epochStart,
                clean,
                clusterId,
                directoryIds);
    }

    /** The successor of this superblock with other ids of log directories. */
    public Superblock withDirectoryIds(List<UUID> others) {
        return new Superblock(
                sequence + 1,
                walId,
                epoch,
                blockSize,
                nodeId,
                capacity,
                trimPosition,
                epochStart,
                cleanShutdown,
                clusterId,
                others);
    }

    /** Writes {@link #SIZE} bytes at the buffer's position and advances it. */
    public void writeTo(ByteBuffer target) {
        ByteBuffer buffer = target.slice(target.position(), SIZE).order(ByteOrder.BIG_ENDIAN);
        for (int i = 0; i < SIZE; i += Long.BYTES) {
            buffer.putLong(i, 0);
        }
        buffer.putLong(0, MAGIC);
        buffer.putShort(8, (short) VERSION);
        buffer.putLong(16, sequence);
        putUuid(buffer, 24, walId);
        buffer.putLong(40, epoch);
        buffer.putInt(48, blockSize);
        buffer.putInt(52, nodeId);
        buffer.putLong(56, capacity);
        buffer.putLong(64, trimPosition);
        buffer.putLong(72, epochStart);
        buffer.put(80, (byte) (cleanShutdown ? 1 : 0));
        byte[] cluster = clusterId.getBytes(StandardCharsets.UTF_8);
        buffer.putShort(CLUSTER_ID_OFFSET, (short) cluster.length);
        buffer.put(CLUSTER_ID_OFFSET + 2, cluster);
        buffer.putShort(DIRECTORY_IDS_OFFSET, (short) directoryIds.size());
        int offset = DIRECTORY_IDS_OFFSET + 2;
        for (UUID id : directoryIds) {
            putUuid(buffer, offset, id);
            offset += 16;
        }
        buffer.putInt(CRC_OFFSET, Checksum.compute(buffer, SIZE, CRC_OFFSET));
        target.position(target.position() + SIZE);
    }

    /**
     * Reads the {@link #SIZE} bytes at the buffer's position, which is left alone.
     *
     * @throws NotAWalException if the magic is missing
     * @throws UnsupportedWalVersionException if a newer version wrote it; its checksum is right
     * @throws CorruptWalException if the checksum or a field is wrong
     */
    public static Superblock readFrom(ByteBuffer source, String where) throws WalFormatException {
        ByteBuffer buffer = source.slice(source.position(), SIZE).order(ByteOrder.BIG_ENDIAN);
        if (buffer.getLong(0) != MAGIC) {
            throw new NotAWalException("no Aquifer superblock in " + where);
        }
        int expected = Checksum.compute(buffer, SIZE, CRC_OFFSET);
        int found = buffer.getInt(CRC_OFFSET);
        if (found != expected) {
            throw new CorruptWalException(String.format(
                    "the superblock in %s has checksum %08x, its bytes give %08x", where, found, expected));
        }
        int version = Short.toUnsignedInt(buffer.getShort(8));
        if (version != VERSION) {
            throw new UnsupportedWalVersionException("the superblock in " + where + " has version " + version
                    + ", this Aquifer reads version " + VERSION + "; use the release that wrote it");
        }
        try {
            return decode(buffer);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            CorruptWalException corrupt =
                    new CorruptWalException("the superblock in " + where + " is invalid: " + e.getMessage());
            corrupt.initCause(e);
            throw corrupt;
        }
    }

    private static Superblock decode(ByteBuffer buffer) {
        int clusterLength = Short.toUnsignedInt(buffer.getShort(CLUSTER_ID_OFFSET));
        int directories = Short.toUnsignedInt(buffer.getShort(DIRECTORY_IDS_OFFSET));
        if (clusterLength > MAX_CLUSTER_ID || directories > MAX_DIRECTORY_IDS) {
            throw new IllegalArgumentException(
                    "cluster id of " + clusterLength + " bytes, " + directories + " directory ids");
        }
        byte[] cluster = new byte[clusterLength];
        buffer.get(CLUSTER_ID_OFFSET + 2, cluster);
        List<UUID> ids = new ArrayList<>(directories);
        for (int i = 0; i < directories; i++) {
            ids.add(getUuid(buffer, DIRECTORY_IDS_OFFSET + 2 + 16 * i));
        }
        return new Superblock(
                buffer.getLong(16),
                getUuid(buffer, 24),
                buffer.getLong(40),
                buffer.getInt(48),
                buffer.getInt(52),
                buffer.getLong(56),
                buffer.getLong(64),
                buffer.getLong(72),
                buffer.get(80) == 1,
                new String(cluster, StandardCharsets.UTF_8),
                ids);
    }

    private static void putUuid(ByteBuffer buffer, int offset, UUID id) {
        buffer.putLong(offset, id.getMostSignificantBits());
        buffer.putLong(offset + 8, id.getLeastSignificantBits());
    }

    private static UUID getUuid(ByteBuffer buffer, int offset) {
        return new UUID(buffer.getLong(offset), buffer.getLong(offset + 8));
    }
}
