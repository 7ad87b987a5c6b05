package io.aquifer.log;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.LogSegments;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that there is a snapshot of the producers wherever a segment begins.
 *
 * <p>Kafka copies a segment to the remote tier together with the snapshot at its end, and stops copying for good where
 * that isn't there. Its own loading makes only the newest ones anew; a loss of power may have taken others, for a
 * segment can be flushed before its snapshot is.
 */
final class ProducerSnapshots {

    private static final Logger LOG = LoggerFactory.getLogger(ProducerSnapshots.class);

    private ProducerSnapshots() {}

    /** Makes the snapshots of a tiered log anew from the first that is missing on. Of a log that nobody uses yet. */
    static void complete(UnifiedLog log) throws IOException {
        if (!log.remoteLogEnabled()) {
            return;
        }
        List<LogSegment> open = log.logSegments();
        ProducerStateManager producers = log.producerStateManager();
        List<Long> missing = open.stream()
                .skip(1)
                .map(LogSegment::baseOffset)
                .filter(offset -> offset > log.logStartOffset())
                .dropWhile(offset -> producers.fetchSnapshot(offset).isPresent())
                .toList();
        if (missing.isEmpty()) {
            return;
        }
        LOG.info("Making the producer snapshots of {} anew, from offset {} on", log.topicPartition(), missing.get(0));
        LogSegments segments = new LogSegments(log.topicPartition());
        open.forEach(segments::add);
        for (long offset : missing) {
            rebuild(log, segments, offset);
        }
        rebuild(log, segments, log.logEndOffset());
    }

    private static void rebuild(UnifiedLog log, LogSegments segments, long offset) throws IOException {
        UnifiedLog.rebuildProducerState(
                log.producerStateManager(),
                segments,
                log.logStartOffset(),
                offset,
                Time.SYSTEM,
                false,
                "[" + log.topicPartition() + "] ");
    }
}
