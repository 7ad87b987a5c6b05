package io.aquifer.wal.upload;

import io.aquifer.format.WalObjectIndex;
import io.aquifer.format.WalObjectName;
import io.aquifer.wal.layout.BlockHeader;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.layout.WalFormatException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A WAL object that is being put together, block by block. */
final class OpenObject {

    private final WalObjectName name;
    private final int blockSize;
    private final WalObjectIndexer indexer;
    private final long since;
    private long[] positions = new long[16];
    private int[] offsets = new int[17];
    private int count;
    private long end;

    /** @param since when the first block is taken up */
    OpenObject(WalObjectName name, Superblock opened, long firstPosition, long since) {
        this.name = name;
        this.blockSize = opened.blockSize();
        this.indexer = new WalObjectIndexer(name, opened.walId(), blockSize, firstPosition);
        this.since = since;
        this.end = firstPosition;
    }

    WalObjectName name() {
        return name;
    }

    long since() {
        return since;
    }

    int blocks() {
        return count;
    }

    /** Position of the first block. */
    long start() {
        return positions[0];
    }

    /** Position behind the last block. */
    long end() {
        return end;
    }

    int bodyLength() {
        return indexer.bodyLength();
    }

    /**
     * Takes up the block behind the last one, unless the object would become longer than {@code mostBytes} by it, index and all.
     *
     * @param block its stored bytes
     * @return whether it was taken up. The first one always is
     */
    boolean add(ByteBuffer block, int mostBytes) throws WalFormatException {
        if (!indexer.add(block, mostBytes)) {
            return false;
        }
        if (count == positions.length) {
            positions = Arrays.copyOf(positions, 2 * count);
            offsets = Arrays.copyOf(offsets, 2 * count + 1);
        }
        positions[count++] = end;
        offsets[count] = indexer.bodyLength();
        end += BlockHeader.readFrom(block, blockSize, Integer.MAX_VALUE).length();
        return true;
    }

    WalObjectIndex index() {
        return indexer.index();
    }

    ObjectBody body(BlockSource source) {
        return new ObjectBody(source, Arrays.copyOf(positions, count), Arrays.copyOf(offsets, count + 1));
    }
}
