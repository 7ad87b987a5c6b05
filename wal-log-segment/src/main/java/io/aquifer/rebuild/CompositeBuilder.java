package io.aquifer.rebuild;

import io.aquifer.format.BatchHeader;
import io.aquifer.format.CompositePiece;
import io.aquifer.format.CompositePieces;
import io.aquifer.format.SegmentInfo;
import io.aquifer.format.SegmentName;
import io.aquifer.format.SegmentPart;
import io.aquifer.wal.layout.LogId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.UUID;
import org.apache.kafka.storage.internals.log.AbortedTxn;

/**
 * Makes a composite segment of batches that come one after the other.
 *
 * <p>Not thread-safe.
 */
final class CompositeBuilder {

    /** No longer list of pieces is held in memory by whoever reads the segment. */
    static final int MAX_BATCHES = 1 << 17;

    private final List<CompositePiece> pieces = new ArrayList<>();
    private final SegmentIndexing indexing;

    /** @param baseOffset of the segment */
    CompositeBuilder(long baseOffset) {
        this.indexing = new SegmentIndexing(baseOffset);
    }

    /** Whether a batch still fits into a segment of so many bytes, or is its first. */
    boolean takes(BatchHeader batch, int segmentBytes) {
        return pieces.isEmpty()
                || (indexing.length() + batch.length() <= segmentBytes
                        && pieces.size() < MAX_BATCHES
                        && batch.lastOffset() - indexing.baseOffset() <= Integer.MAX_VALUE);
    }

    void add(StoredBatch batch) {
        indexing.add(batch.header());
        pieces.add(batch.piece());
    }

    void aborted(AbortedTxn transaction) {
        indexing.aborted(transaction);
    }

    boolean isEmpty() {
        return pieces.isEmpty();
    }

    /**
     * Creates the composite segment.
     *
     * @param brokerId who makes it
     * @param producers snapshot of the producers behind the last batch
     * @param epochs those of the log up to the last batch
     */
    void create(
            CompositePublication publication,
            LogId log,
            int brokerId,
            ByteBuffer producers,
            LeaderEpochs epochs,
            long nowMs)
            throws IOException {
        long lastOffset = indexing.endOffset() - 1;
        NavigableMap<Integer, Long> within = epochs.within(indexing.baseOffset(), lastOffset);
        SegmentName name = new SegmentName(
                log.topicId(), log.partition(), indexing.baseOffset(), lastOffset, within.lastKey(), UUID.randomUUID());
        SegmentInfo info =
                new SegmentInfo(name, indexing.maxTimestamp(), nowMs, brokerId, !indexing.hasAborted(), within);
        Map<SegmentPart, ByteBuffer> parts = new EnumMap<>(SegmentPart.class);
        parts.put(SegmentPart.OFFSET_INDEX, indexing.offsetIndex());
        parts.put(SegmentPart.TIME_INDEX, indexing.timeIndex());
        if (indexing.hasAborted()) {
            parts.put(SegmentPart.TRANSACTION_INDEX, indexing.transactionIndex());
        }
        parts.put(SegmentPart.PRODUCER_SNAPSHOT, producers);
        parts.put(SegmentPart.LEADER_EPOCHS, epochs.text());
        publication.create(info, parts, CompositePieces.joined(pieces).list());
    }
}
