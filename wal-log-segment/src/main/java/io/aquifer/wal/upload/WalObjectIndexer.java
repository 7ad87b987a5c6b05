package io.aquifer.wal.upload;

import io.aquifer.format.LogIncarnation;
import io.aquifer.format.WalEntry;
import io.aquifer.format.WalEntryKind;
import io.aquifer.format.WalObjectIndex;
import io.aquifer.format.WalObjectInfo;
import io.aquifer.format.WalObjectName;
import io.aquifer.wal.layout.BlockHeader;
import io.aquifer.wal.layout.BlockRecords;
import io.aquifer.wal.layout.CorruptWalException;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.MisplacedBlockException;
import io.aquifer.wal.layout.RecordHeader;
import io.aquifer.wal.layout.RecordKind;
import io.aquifer.wal.layout.WalFormatException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Makes the index of a WAL object from its blocks, which are given one after the other and not kept. What is held of them is
 * never longer than they are. Not thread-safe.
 *
 * <p>The blocks are those of one epoch; in the epoch of a takeover, of any before it. A block that is refused changes nothing: the index can be made of those before it.
 */
public final class WalObjectIndexer {

    private final WalObjectName name;
    private final UUID walId;
    private final int blockSize;
    private final long firstPosition;
    private final Map<LogIncarnation, List<WalEntry>> logs = new LinkedHashMap<>();
    private long endPosition;
    private int bodyLength;
    private long bytesBehindBlocks = WalObjectIndex.BYTES_BEHIND_BLOCKS;

    /** An entry of a block that may still be refused. */
    private record Found(LogIncarnation log, WalEntry entry) {}

    /**
     * @param name with the epoch that the blocks must have, or with that of a takeover, which none has
     * @param blockSize of the WAL, in bytes
     * @param firstPosition where the first block must be
     */
    public WalObjectIndexer(WalObjectName name, UUID walId, int blockSize, long firstPosition) {
        this.name = name;
        this.walId = walId;
        this.blockSize = blockSize;
        this.firstPosition = firstPosition;
        this.endPosition = firstPosition;
    }

    /** Bytes of all blocks so far. */
    public int bodyLength() {
        return bodyLength;
    }

    /** Bytes of the object of all blocks so far, with its index and trailer. */
    public long objectLength() {
        return bodyLength + bytesBehindBlocks;
    }

    /**
     * Adds the next block, as long as the object has at most {@code mostBytes} with it: all blocks, index and trailer. The first
     * one is always added.
     *
     * @param block all that remains: the whole block, or the first block-size bytes of padding. It is left alone
     * @return whether it was added
     * @throws MisplacedBlockException if it isn't the block behind the last one in the same WAL and epoch
     * @throws WalFormatException if it doesn't verify, or one of its records or batches doesn't
     * @throws IllegalArgumentException if the object would become longer than one may be
     */
    public boolean add(ByteBuffer block, long mostBytes) throws WalFormatException {
        if (block.remaining() > WalObjectInfo.MAX_BODY_LENGTH - bodyLength) {
            throw new IllegalArgumentException("a block of " + block.remaining() + " bytes behind " + bodyLength
                    + " of at most " + WalObjectInfo.MAX_BODY_LENGTH);
        }
        if (!fits(block, bytesBehindBlocks, mostBytes)) {
            return false;
        }
        BlockHeader header = readHeader(block);
        List<Found> found = header.type() == BlockHeader.Type.DATA ? entries(header, block.slice()) : List.of();
        long behindBlocks = bytesBehindBlocks + bytesInIndex(found);
        if (!fits(block, behindBlocks, mostBytes)) {
            return false;
        }
        for (Found each : found) {
            logs.computeIfAbsent(each.log(), log -> new ArrayList<>()).add(each.entry());
        }
        endPosition += header.length();
        bodyLength += block.remaining();
        bytesBehindBlocks = behindBlocks;
        return true;
    }

    private boolean fits(ByteBuffer block, long behindBlocks, long mostBytes) {
        return bodyLength == 0 || bodyLength + block.remaining() + behindBlocks <= mostBytes;
    }

    private long bytesInIndex(List<Found> found) {
        Set<LogIncarnation> first = new HashSet<>();
        long bytes = 0;
        for (Found each : found) {
            bytes += each.entry().size();
            if (!logs.containsKey(each.log()) && first.add(each.log())) {
                bytes += WalObjectIndex.LOG_SIZE;
            }
        }
        return bytes;
    }

    private BlockHeader readHeader(ByteBuffer block) throws WalFormatException {
        if (block.remaining() < blockSize) {
            throw new CorruptWalException("a block of " + block.remaining() + " bytes, less than " + blockSize);
        }
        BlockHeader header = BlockHeader.readFrom(block, blockSize, Integer.MAX_VALUE);
        int expected = header.type() == BlockHeader.Type.DATA ? header.length() : blockSize;
        if (block.remaining() != expected) {
            throw new CorruptWalException(
                    block.remaining() + " of " + expected + " bytes of the block at position " + header.position());
        }
        header.verify(block, blockSize);
        if (!header.walId().equals(walId) || !isOfEpoch(header) || header.position() != endPosition) {
            throw new MisplacedBlockException("a block at position " + header.position() + " of epoch "
                    + header.epoch() + " of WAL " + header.walId() + ", where position " + endPosition + " of epoch "
                    + name.epoch() + " of WAL " + walId + " comes next");
        }
        return header;
    }

    private List<Found> entries(BlockHeader header, ByteBuffer block) throws CorruptWalException {
        List<Found> found = new ArrayList<>();
        BlockRecords records = new BlockRecords(header, block);
        while (records.next()) {
            if (records.header().kind() != RecordKind.VOID) {
                found.add(entry(header, records));
            }
        }
        return found;
    }

    private Found entry(BlockHeader block, BlockRecords records) throws CorruptWalException {
        RecordHeader record = records.header();
        LogId log = record.log();
        try {
            WalEntry entry = WalEntry.of(
                    kindOf(record.kind()),
                    record.leaderEpoch(),
                    record.baseOffset(),
                    record.lastOffset(),
                    record.maxTimestamp(),
                    bodyLength + records.offset() + RecordHeader.SIZE,
                    records.payload());
            return new Found(new LogIncarnation(log.topicId(), log.partition(), log.incarnation()), entry);
        } catch (IllegalArgumentException e) {
            CorruptWalException corrupt = new CorruptWalException("the record of " + log + " at byte "
                    + records.offset() + " of the block at position " + block.position() + " is invalid: "
                    + e.getMessage());
            corrupt.initCause(e);
            throw corrupt;
        }
    }

    private static WalEntryKind kindOf(RecordKind kind) {
        return switch (kind) {
            case VOID -> throw new IllegalArgumentException("a void record says nothing of its log");
            case DATA -> WalEntryKind.DATA;
            case TRUNCATE -> WalEntryKind.TRUNCATE;
            case RESTART -> WalEntryKind.RESTART;
            case LOG_START -> WalEntryKind.LOG_START;
            case DELETE -> WalEntryKind.DELETE;
            case CHECKPOINT -> WalEntryKind.CHECKPOINT;
        };
    }

    /** The index of the blocks so far, of which there is one at least. */
    public WalObjectIndex index() {
        return new WalObjectIndex(
                new WalObjectInfo(name, walId, blockSize, firstPosition, endPosition, bodyLength), logs);
    }

    private boolean isOfEpoch(BlockHeader header) {
        return WalTakeover.isOfTakeover(name.epoch()) ? header.epoch() < name.epoch() : header.epoch() == name.epoch();
    }
}
