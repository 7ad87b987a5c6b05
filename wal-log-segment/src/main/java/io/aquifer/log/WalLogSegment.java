package io.aquifer.log;

import java.io.IOException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.LazyIndex;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogFileUtils;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.LogSegmentOffsetOverflowException;

/**
 * A log segment whose appends go to the WAL first, as long as its log is shared. One that Kafka makes to take the place of
 * others, out of records that the log has already, joins in once it does: it may become the active segment.
 *
 * <p>The batch is copied once, from the request into the WAL's aligned memory, and the local file, from which tails are
 * read, is written from there. Guarded by the log's lock like any segment.
 */
public final class WalLogSegment extends LogSegment {

    private final SharedLog sharedLog;
    /** Whether it was in its place when last looked at, which it never leaves but to be deleted. */
    private boolean inPlace;

    private WalLogSegment(LogSegment stock, LogConfig config, Time time, SharedLog sharedLog) {
        super(
                stock.log(),
                LazyIndex.forOffset(stock.offsetIndexFile(), stock.baseOffset(), config.maxIndexSize),
                LazyIndex.forTime(stock.timeIndexFile(), stock.baseOffset(), config.maxIndexSize),
                stock.txnIndex(),
                stock.baseOffset(),
                config.indexInterval,
                stock.rollJitterMs(),
                time);
        this.sharedLog = sharedLog;
    }

    /** Takes the place of {@code stock}, whose files it uses; {@code stock} must not be used any more. */
    static WalLogSegment inPlaceOf(LogSegment stock, LogConfig config, Time time, SharedLog sharedLog) {
        return new WalLogSegment(stock, config, time, sharedLog);
    }

    SharedLog sharedLog() {
        return sharedLog;
    }

    @Override
    public void append(long largestOffset, MemoryRecords records) throws IOException {
        if (!isInPlace() || !sharedLog.isShared() || records.sizeInBytes() == 0) {
            super.append(largestOffset, records);
            return;
        }
        if (!offsetIndex().canAppendOffset(largestOffset)) {
            throw new LogSegmentOffsetOverflowException(this, largestOffset);
        }
        try (WalAppend append = sharedLog.append(records, largestOffset, baseOffset(), size())) {
            super.append(largestOffset, append.records());
            append.appendedLocally();
        }
    }

    private boolean isInPlace() {
        inPlace = inPlace || log().file().getName().endsWith(LogFileUtils.LOG_FILE_SUFFIX);
        return inPlace;
    }

    @Override
    public String toString() {
        return "Wal" + super.toString();
    }
}
